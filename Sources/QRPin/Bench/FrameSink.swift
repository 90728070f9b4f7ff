import FoundationEssentials
import Glibc
import QRCode

/// Where drawn frames go on their way to the kiosk's camera.
protocol FrameSink: Sendable {
    /// What `qrpin-kiosk --camera` is given.
    var camera: String? { get }
    func show(_ frame: GreyRaster) throws
    /// Nil for a path whose camera cannot be unplugged or made to stall from here.
    var trouble: CameraTrouble? { get }
}

/// What can be done to a camera. Showing the next frame makes it well again.
struct CameraTrouble: Sendable {
    let unplug: @Sendable () throws -> Void
    let stall: @Sendable () throws -> Void
}

/// The scanner's loopback camera: a picture file in memory.
struct PictureFileSink: FrameSink {
    private let path: String

    init(directory: String) throws {
        path = directory + "/camera.pgm"
        try put([])
    }

    var camera: String? { path }

    func show(_ frame: GreyRaster) throws { try put(frame.pgm()) }

    var trouble: CameraTrouble? {
        CameraTrouble(
            unplug: { [path] in try FileManager.default.removeItem(atPath: path) },
            // A picture that ends in its first row, again and again.
            stall: { try put(Array("P5\n640 480\n255\n".utf8)) })
    }

    /// Whole or not at all.
    private func put(_ bytes: [UInt8]) throws {
        let draft = path + ".new"
        try Data(bytes).write(to: URL(filePath: draft))
        guard unsafe rename(draft, path) == 0 else { throw BenchError("\(path) cannot be written. Is /dev/shm full?") }
    }
}

/// A failure of the bench itself, with its cure.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
