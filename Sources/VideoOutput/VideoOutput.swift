import CVideoOutput
import Glibc
import Synchronization

/// A V4L2 output device, such as one of v4l2loopback or vivid, whose frames come out of the camera that is paired with it.
///
/// Opening is a ladder: capabilities, format, buffers; the stream begins with the first frames. It closes when it goes.
public struct VideoOutput: ~Copyable, Sendable {
    private let device: OutputDevice
    private let format: OutputFormat
    private let buffers: OutputBuffers
    /// Buffers that were never queued, and whether the stream is on.
    private let start: Mutex<(unused: [UInt32], isOn: Bool)>

    /// Opens a device for YUYV frames of this size. `width` is even. Throws ``VideoOutputError``.
    public init(path: String, width: Int, height: Int) throws(VideoOutputError) {
        let device = try OutputDevice(path)
        try device.requireOutput()
        let format = try device.setFormat(width: width, height: height)
        let buffers = try OutputBuffers(device.descriptor, path)
        (self.device, self.format, self.buffers) = (device, format, buffers)
        start = Mutex(((0..<UInt32(buffers.count)).map { $0 }, false))
    }

    /// Hands one frame over: `height` rows of `width` bytes of luma. Throws when the device takes none for a second.
    public func show(luma: [UInt8]) throws(VideoOutputError) {
        let bytes = format.yuyv(luma)
        try start.withLock { state throws(VideoOutputError) in
            let index = if let unused = state.unused.popLast() { unused } else { try device.returned() }
            let used = buffers.fill(Int(index), with: bytes)
            try device.check(cvideo_output_queue(device.descriptor, index, UInt32(used)))
            if !state.isOn { try device.check(cvideo_output_stream_on(device.descriptor)) }
            state.isOn = true
        }
    }
}

/// The size that the driver settled on.
struct OutputFormat {
    let width: Int
    let height: Int
    /// Bytes of a row.
    let stride: Int

    /// Neutral chroma after each pixel, and in what pads a row.
    func yuyv(_ luma: [UInt8]) -> [UInt8] {
        precondition(luma.count == width * height, "a frame has as many pixels as the device")
        var bytes = [UInt8](repeating: 128, count: stride * height)
        for row in 0..<height {
            for column in 0..<width { bytes[row * stride + 2 * column] = luma[row * width + column] }
        }
        return bytes
    }
}

/// The open device. It closes when it goes, which also ends its stream.
final class OutputDevice: Sendable {
    let descriptor: Int32
    private let path: String

    init(_ path: String) throws(VideoOutputError) {
        descriptor = try opened(path)
        self.path = path
    }

    deinit { close(descriptor) }

    func requireOutput() throws(VideoOutputError) {
        var capabilities: UInt32 = 0
        let wanted = UInt32(V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING)
        guard unsafe cvideo_output_capabilities(descriptor, &capabilities) == 0, capabilities & wanted == wanted else {
            throw VideoOutputError(path: path, failure: .noOutput)
        }
    }

    func setFormat(width: Int, height: Int) throws(VideoOutputError) -> OutputFormat {
        var (isYUYV, settledWidth, settledHeight, stride) = (UInt32(0), UInt32(width), UInt32(height), UInt32(0))
        try check(unsafe cvideo_output_set_yuyv(descriptor, &isYUYV, &settledWidth, &settledHeight, &stride))
        guard isYUYV != 0, settledWidth == width, settledHeight == height else {
            throw VideoOutputError(path: path, failure: .format(width: Int(settledWidth), height: Int(settledHeight)))
        }
        return OutputFormat(width: width, height: height, stride: max(Int(stride), 2 * width))
    }

    /// A buffer that was shown.
    func returned() throws(VideoOutputError) -> UInt32 {
        var (poller, index) = (pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0), UInt32(0))
        guard unsafe poll(&poller, 1, 1000) == 1 else { throw VideoOutputError(path: path, failure: .stuck) }
        try check(unsafe cvideo_output_dequeue(descriptor, &index))
        return index
    }

    func check(_ status: Int32) throws(VideoOutputError) {
        guard status == 0 else { throw VideoOutputError(path: path, failure: .system(errno)) }
    }
}

func opened(_ path: String) throws(VideoOutputError) -> Int32 {
    let descriptor = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw VideoOutputError(path: path, failure: .system(errno)) }
    return descriptor
}

/// A device that takes no frames, and what to do about it.
public struct VideoOutputError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        /// No V4L2 output that streams.
        case noOutput
        /// Not YUYV, or another size: the one that it has.
        case format(width: Int, height: Int)
        case noFramebuffer
        case bitsPerPixel(Int)
        /// It takes no frame.
        case stuck
        /// `errno`.
        case system(Int32)
    }

    public let path: String
    public let failure: Failure

    public var description: String {
        switch failure {
        case .noOutput:
            "\(path): this is no V4L2 output device. Name the output of v4l2loopback or vivid."
        case .format(let width, let height):
            "\(path): no YUYV frames of the scenario's size; it has \(width)x\(height). Set camera.width and camera.height to that."
        case .noFramebuffer:
            "\(path): this is no framebuffer. Name one such as /dev/fb0, and run on a console, not under X or Wayland."
        case .bitsPerPixel(let bits): "\(path): \(bits) bits a pixel; 32 are needed. Boot with video=…-32."
        case .stuck: "\(path): it took no frame for a second. Does the paired camera work?"
        case .system(ENOENT): "\(path): there is no such device."
        case .system(EACCES): "\(path): no permission. Add this user to the group video."
        case .system(EBUSY): "\(path): another program uses it. End that."
        case .system(let number): unsafe "\(path): \(String(cString: strerror(number)))."
        }
    }
}
