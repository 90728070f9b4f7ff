// The compiler takes `stat` for the first C module's that includes it.
import CV4L2
import FoundationEssentials
import Glibc

/// What frames come from.
public protocol FrameSource: ~Copyable {
    /// The newest good frame within `milliseconds`, or nil when none came. Throws when the source is gone.
    mutating func newestFrame(within milliseconds: Int32) throws(CameraError) -> LumaPicture?
    var counts: FrameCounts { get }
}

/// The loopback camera: a picture file that shows ten frames a second of whatever was last written there.
public struct PictureCamera: FrameSource, Sendable {
    private let path: String
    public private(set) var counts = FrameCounts()

    /// Throws when there is no such file.
    public init(path: String) throws(CameraError) {
        guard Self.isPicture(path) else { throw CameraError(path: path, failure: .system(ENOENT, "open the picture")) }
        self.path = path
    }

    /// True for a regular file; a camera is a device.
    public static func isPicture(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    public mutating func newestFrame(within milliseconds: Int32) throws(CameraError) -> LumaPicture? {
        usleep(100_000)
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CameraError(path: path, failure: .system(ENODEV, "read the picture"))
        }
        counts.taken += 1
        counts.returned += 1
        do throws(PictureError) {
            return try LumaPicture(reading: data)
        } catch {
            // Half a picture is a bad frame.
            counts.bad += 1
            return nil
        }
    }
}
