import CV4L2
import Glibc

/// A V4L2 camera that streams into mapped buffers, through libv4l. It stops and closes when it goes.
///
/// Opening is a ladder: capabilities, format, buffers, queue, stream. One camera serves one thread.
public struct Camera: FrameSource, ~Copyable {
    private let device: Device
    private let stream: MappedStream
    private let accepted: AcceptedFormat
    /// Frames that were flagged, short or broken since opening.
    public private(set) var badFrames = 0

    /// Opens a device by its path and asks for the size, which the driver may change. Throws ``CameraError``.
    public init(path: String, width: Int = 1280, height: Int = 720) throws(CameraError) {
        let device = try Device(path: path)
        try device.requireCapture()
        let accepted = try device.setFormat(width: UInt32(width), height: UInt32(height))
        let stream = try MappedStream(device)
        self.device = device
        self.stream = stream
        self.accepted = accepted
    }

    /// The first of `/dev/video0`, `/dev/video1`, … that captures video; after a replug the number may be another one.
    public static func firstNode() throws(CameraError) -> String {
        for path in (0..<64).map({ "/dev/video\($0)" }) {
            if let device = try? Device(path: path), (try? device.requireCapture()) != nil { return path }
        }
        throw CameraError(path: "/dev/video*", failure: .noNode)
    }

    /// The newest good frame within `milliseconds`, or nil when none came; older ones are given back unread.
    ///
    /// Throws when the camera is gone.
    public mutating func newestFrame(within milliseconds: Int32) throws(CameraError) -> LumaPicture? {
        guard isReady(within: milliseconds) else { return nil }
        var newest: [UInt8]?
        // Asked before each frame, because libv4l writes a line to standard error when there is none.
        repeat {
            var (index, used, flags): (UInt32, UInt32, UInt32) = (0, 0, 0)
            guard unsafe cv4l2_dequeue(device.descriptor, &index, &used, &flags) == 0 else {
                if errno == EAGAIN || errno == EINTR { break }
                throw CameraError(path: device.path, failure: .system(errno, "take a frame"))
            }
            if flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 || used == 0 {
                badFrames += 1
            } else {
                newest = stream.bytes(index, used)
            }
            // An unplugged camera may say so here first.
            try device.check(cv4l2_queue(device.descriptor, index), "give a buffer back")
        } while isReady(within: 0)
        guard let newest else { return nil }
        do {
            return try accepted.format.luma(
                of: newest, width: accepted.width, height: accepted.height, stride: accepted.stride)
        } catch {
            badFrames += 1
            return nil
        }
    }
}

extension Camera {
    /// True when a frame waits, and when the camera is gone, which the next call then says.
    private func isReady(within milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: device.descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&poller, 1, milliseconds) > 0
    }
}

/// What the driver answered to the format that was asked for; `stride` is its `bytesperline`.
struct AcceptedFormat: Sendable {
    let format: PixelFormat
    let width: Int
    let height: Int
    let stride: Int
}

/// An open descriptor of libv4l.
final class Device: Sendable {
    let descriptor: Int32
    let path: String

    init(path: String) throws(CameraError) {
        let descriptor = unsafe cv4l2_open(path)
        guard descriptor >= 0 else { throw CameraError(path: path, failure: .system(errno, "open the camera")) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { v4l2_close(descriptor) }

    func check(_ status: Int32, _ step: StaticString) throws(CameraError) {
        if status != 0 { throw CameraError(path: path, failure: .system(errno, step.description)) }
    }

    /// A UVC camera has a second node for metadata; only `device_caps` tells them apart.
    func requireCapture() throws(CameraError) {
        var capability = v4l2_capability()
        try check(unsafe cv4l2_querycap(descriptor, &capability), "ask for capabilities")
        let needed = UInt32(V4L2_CAP_VIDEO_CAPTURE) | UInt32(V4L2_CAP_STREAMING)
        guard capability.device_caps & needed == needed else { throw CameraError(path: path, failure: .notACamera) }
    }

    func setFormat(width: UInt32, height: UInt32) throws(CameraError) -> AcceptedFormat {
        var offered: [UInt32] = []
        var description = v4l2_fmtdesc()
        description.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        while unsafe cv4l2_enum_fmt(descriptor, &description) == 0 {
            // libv4l lists what it could convert to, too; its conversion costs more than ours.
            if description.flags & UInt32(V4L2_FMT_FLAG_EMULATED) == 0 { offered.append(description.pixelformat) }
            description.index += 1
        }
        for format in PixelFormat.allCases where offered.contains(format.fourcc) {
            var (width, height, stride, chosen) = (width, height, UInt32(0), UInt32(0))
            try check(unsafe cv4l2_set_format(descriptor, format.fourcc, &width, &height, &stride, &chosen), "set the format")
            if let format = PixelFormat(fourcc: chosen) {
                return AcceptedFormat(format: format, width: Int(width), height: Int(height), stride: Int(stride))
            }
        }
        throw CameraError(path: path, failure: .noFormat(offered: offered.map(Self.name)))
    }

    private static func name(_ fourcc: UInt32) -> String {
        String(decoding: (0..<4).map { UInt8(truncatingIfNeeded: fourcc >> ($0 * 8)) }, as: UTF8.self)
    }
}

/// The driver's buffers, mapped, queued and streaming. It stops and unmaps when it goes, however far it came.
@safe final class MappedStream {
    private let device: Device
    private var buffers = unsafe [UnsafeMutableRawBufferPointer]()

    init(_ device: Device) throws(CameraError) {
        self.device = device
        // Four: one being filled, one waiting, two so that a slow decode drops frames rather than starves the driver.
        var count: UInt32 = 4
        try device.check(unsafe cv4l2_request_buffers(device.descriptor, &count), "request buffers")
        for index in 0..<count {
            try map(index)
            try device.check(cv4l2_queue(device.descriptor, index), "queue a buffer")
        }
        try device.check(cv4l2_stream(device.descriptor, 1), "start streaming")
    }

    deinit {
        _ = cv4l2_stream(device.descriptor, 0)
        for index in unsafe buffers.indices { _ = unsafe v4l2_munmap(buffers[index].baseAddress, buffers[index].count) }
    }

    /// A copy of what the driver wrote into a dequeued buffer, so that the buffer can be given back at once.
    func bytes(_ index: UInt32, _ used: UInt32) -> [UInt8] { unsafe Array(buffers[Int(index)].prefix(Int(used))) }

    private func map(_ index: UInt32) throws(CameraError) {
        var (length, offset): (UInt32, UInt32) = (0, 0)
        try device.check(unsafe cv4l2_query_buffer(device.descriptor, index, &length, &offset), "ask for a buffer")
        let start = unsafe v4l2_mmap(nil, Int(length), PROT_READ | PROT_WRITE, MAP_SHARED, device.descriptor, Int64(offset))
        guard unsafe start != MAP_FAILED else { throw CameraError(path: device.path, failure: .system(errno, "map a buffer")) }
        unsafe buffers.append(UnsafeMutableRawBufferPointer(start: start, count: Int(length)))
    }
}

/// A camera that cannot be used, and what to do about it.
public struct CameraError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Hashable, Sendable {
        /// `errno`, and the step that failed.
        case system(Int32, String)
        case notACamera
        case noFormat(offered: [String])
        /// It streams, but no frame came for seconds.
        case frozen
        case noNode
    }

    public let path: String
    public let failure: Failure

    public init(path: String, failure: Failure) {
        self.path = path
        self.failure = failure
    }

    public var description: String {
        switch failure {
        case .system(ENOENT, _): "\(path): there is no such camera. Plug it in, or name another device."
        case .system(EACCES, _): "\(path): no permission. Add this user to the group video."
        case .system(EBUSY, _): "\(path): another program uses this camera. End it, or name another device."
        case .system(ENODEV, _): "\(path): the camera was unplugged. Plug it in again."
        case .system(let number, let step): unsafe "\(path): could not \(step): \(String(cString: strerror(number)))."
        case .notACamera: "\(path): this device does not capture video. Name the camera's first node."
        case .frozen: "\(path): the camera sends no frames. Unplug it and plug it in again."
        case .noNode: "\(path): there is no camera. Plug one in."
        case .noFormat(let offered):
            "\(path): the camera offers no GREY, NV12, NV21, YU12, YUYV, UYVY or MJPG format "
                + "(it offers \(offered.joined(separator: ", "))). Choose another camera."
        }
    }
}
