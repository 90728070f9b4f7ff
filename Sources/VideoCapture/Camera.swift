import CV4L2
import Glibc

/// A V4L2 camera that streams into mapped buffers, through libv4l. It stops and closes when it goes.
///
/// Opening is a ladder: capabilities, format, controls, buffers, queue, stream. One camera serves one thread.
public struct Camera: FrameSource, ~Copyable {
    private let device: Device
    private let stream: MappedStream
    private let accepted: AcceptedFormat
    private var luma = LumaBuffer()
    public private(set) var counts = FrameCounts()

    /// Opens a device by its path, which may be a symbolic link. Throws ``CameraError``.
    public init(path: String, wish: CameraWish = CameraWish(), controls: [CameraControl] = []) throws(CameraError) {
        let (device, accepted) = try Self.open(path, wish)
        try device.set(controls)
        let stream = try MappedStream(device)
        self.device = device
        self.stream = stream
        self.accepted = accepted
    }

    /// The camera's own formats if one is of use; else what libv4l makes of them, which costs more.
    private static func open(_ path: String, _ wish: CameraWish) throws(CameraError) -> (Device, AcceptedFormat) {
        let refusal: CameraError
        do throws(CameraError) {
            let device = try Device(path: path)
            try device.requireCapture()
            return try (device, device.setFormat(wish))
        } catch {
            guard case .noFormat = error.failure else { throw error }
            refusal = error
        }
        let device = try Device(path: path, converting: true)
        // What the camera has itself is what a person needs to know.
        guard let accepted = try? device.setFormat(wish) else { throw refusal }
        return (device, accepted)
    }

    /// The first of `/dev/video0`, `/dev/video1`, … that captures video; after a replug the number may be another one.
    ///
    /// When there is none, the error is that of the first node that could not be asked, if any.
    public static func firstNode() throws(CameraError) -> String {
        var refusal: CameraError?
        for path in nodes() {
            do throws(CameraError) {
                try Device(path: path).requireCapture()
                return path
            } catch {
                if error.failure != .notACamera, refusal == nil { refusal = error }
            }
        }
        throw refusal ?? CameraError(path: "/dev/video*", failure: .noNode)
    }

    /// The mode that the driver settled on.
    public var mode: CameraMode {
        CameraMode(format: accepted.format, width: accepted.width, height: accepted.height, rate: accepted.rate)
    }

    /// The newest good frame within `milliseconds`, or nil when none came; older ones are given back unread.
    ///
    /// Throws when the camera is gone.
    public mutating func newestFrame(within milliseconds: Int32) throws(CameraError) -> LumaPicture? {
        guard let newest = try dequeueNewest(within: milliseconds) else { return nil }
        let picture: LumaPicture?
        do throws(PictureError) {
            picture = try stream.withBytes(newest.index, newest.used) { bytes throws(PictureError) in
                try luma.picture(
                    of: bytes, format: accepted.format, width: accepted.width, height: accepted.height,
                    stride: accepted.stride)
            }
        } catch {
            counts.bad += 1
            picture = nil
        }
        try requeue(newest.index)
        return picture
    }

    private mutating func dequeueNewest(within milliseconds: Int32) throws(CameraError) -> (index: UInt32, used: UInt32)? {
        var newest: (index: UInt32, used: UInt32)?
        let least = accepted.format.leastBytes(width: accepted.width, height: accepted.height, stride: accepted.stride)
        // At most as many as there are buffers: a camera faster than this loop must not keep it.
        for turn in 0..<stream.count {
            // Asked before each frame, because libv4l writes a line to standard error when there is none.
            let (isReady, isBroken) = device.isReady(within: turn == 0 ? milliseconds : 0)
            guard isReady else { break }
            var (index, used, flags): (UInt32, UInt32, UInt32) = (0, 0, 0)
            guard unsafe cv4l2_dequeue(device.descriptor, &index, &used, &flags) == 0 else {
                let number = errno
                // Neither frame nor error, though poll() said so: the stream is dead.
                if number == EAGAIN || number == EINTR, !isBroken { break }
                throw CameraError(path: device.path, failure: .system(number == EAGAIN ? ENODEV : number, "take a frame"))
            }
            counts.taken += 1
            if flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 || Int(used) < least {
                counts.bad += 1
                try requeue(index)
            } else {
                if let older = newest {
                    counts.skipped += 1
                    try requeue(older.index)
                }
                newest = (index, used)
            }
        }
        return newest
    }

    /// An unplugged camera may say so here first.
    private mutating func requeue(_ index: UInt32) throws(CameraError) {
        try device.check(cv4l2_queue(device.descriptor, index), "give a buffer back")
        counts.returned += 1
    }
}

/// Frames since opening.
public struct FrameCounts: Hashable, Sendable {
    /// Buffers that the driver gave…
    public var taken = 0
    /// …and that it has back.
    public var returned = 0
    /// Good ones that a newer one overtook.
    public var skipped = 0
    /// Flagged, empty, short or broken ones.
    public var bad = 0

    public init() {}
}
