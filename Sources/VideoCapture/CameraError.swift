import CV4L2
import Glibc

/// A camera that cannot be used, and what to do about it.
public struct CameraError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        /// `errno`, and the step that failed.
        case system(Int32, String)
        /// The node belongs to this group, when it is known.
        case noPermission(group: String?)
        case notACamera
        /// One end of a camera pipeline that only libcamera can set up, with its driver's name.
        case needsLibcamera(driver: String)
        /// `wished` is the only one that would do, when one was named.
        case noFormat(wished: PixelFormat?, offered: [String])
        /// There is no control of this name.
        case noControl(String, known: [String])
        /// The control is there, and `range` says which values it takes.
        case badValue(control: String, value: Int, range: String)
        /// It streams, but no frame came for a time.
        case frozen
        case noNode
    }

    public let path: String
    public let failure: Failure

    public init(path: String, failure: Failure) {
        self.path = path
        self.failure = failure
    }

    /// `errno` after a step on a node that has not been opened yet.
    static func opening(_ path: String, _ number: Int32) -> CameraError {
        guard number == EACCES || number == EPERM else {
            return CameraError(path: path, failure: .system(number, "open the camera"))
        }
        return CameraError(path: path, failure: .noPermission(group: groupName(of: path)))
    }

    private static func groupName(of path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        guard let group = unsafe getgrgid(status.st_gid) else { return String(status.st_gid) }
        return unsafe String(cString: group.pointee.gr_name)
    }

    public var description: String { "\(path): \(sentence)" }

    private var sentence: String {
        switch failure {
        case .system(ENOENT, _): "there is no such camera. Plug it in, or name another device."
        case .system(EBUSY, _): "another program uses this camera. End it, or name another device."
        case .system(ENODEV, _): "the camera was unplugged. Plug it in again."
        case .system(let number, let step): unsafe "could not \(step): \(String(cString: strerror(number)))."
        case .noPermission(let group?):
            "no permission: the camera belongs to the group \(group). Add this user to it: usermod --append --groups \(group) USER."
        case .noPermission(nil): "no permission. Add this user to the camera's group, usually video."
        case .notACamera: "this device does not capture video. Name the camera's first node; qrpin-scan --list-devices shows it."
        case .needsLibcamera(let driver):
            "this is one end of a camera pipeline (\(driver)) that only libcamera can set up. "
                + "Use a USB camera, or feed a v4l2loopback device from libcamera and name that."
        case .noFormat(let wished, let offered):
            "the camera offers no \((wished.map { [$0] } ?? PixelFormat.allCases).map(\.name).joined(separator: ", ")) format "
                + "(it offers \(offered.isEmpty ? "none" : offered.joined(separator: ", "))). Choose another "
                + (wished == nil ? "camera." : "--format.")
        case .noControl(let name, let known):
            "the camera has no control \(name). It has \(known.isEmpty ? "none" : known.joined(separator: ", "))."
        case .badValue(let control, let value, let range): "\(control) cannot be \(value) now: it takes \(range)."
        case .frozen: "the camera sends no frames. Unplug it and plug it in again."
        case .noNode: "there is no camera. Plug one in."
        }
    }
}
