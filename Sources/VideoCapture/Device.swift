import CV4L2
import Glibc

/// An open descriptor of libv4l.
final class Device: Sendable {
    let descriptor: Int32
    let path: String

    /// When `converting`, libv4l makes other formats of those that the camera sends.
    init(path: String, converting: Bool = false) throws(CameraError) {
        let descriptor = unsafe cv4l2_open(path, converting ? 1 : 0)
        guard descriptor >= 0 else { throw CameraError.opening(path, errno) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { v4l2_close(descriptor) }

    func check(_ status: Int32, _ step: StaticString) throws(CameraError) {
        if status != 0 { throw CameraError(path: path, failure: .system(errno, step.description)) }
    }

    /// A UVC camera has a second node for metadata; only `device_caps` tells them apart.
    func requireCapture() throws(CameraError) {
        switch try identity().kind {
        case .capture: return
        case .pipeline(let driver): throw CameraError(path: path, failure: .needsLibcamera(driver: driver))
        case .other: throw CameraError(path: path, failure: .notACamera)
        }
    }

    func identity() throws(CameraError) -> DeviceIdentity {
        var capability = v4l2_capability()
        try check(unsafe cv4l2_querycap(descriptor, &capability), "ask for capabilities")
        return DeviceIdentity(
            card: Self.text(capability.card), bus: Self.text(capability.bus_info),
            kind: .init(capabilities: capability.device_caps, driver: Self.text(capability.driver)))
    }

    /// Whether a frame waits, or the camera is gone, which the next call then says.
    func isReady(within milliseconds: Int32) -> (isReady: Bool, isBroken: Bool) {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&poller, 1, milliseconds) > 0 else { return (false, false) }
        return (true, poller.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0)
    }

    /// The text in one of the C structures' fixed arrays, up to its zero.
    static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// What a device says of itself.
struct DeviceIdentity: Sendable {
    enum Kind: Hashable, Sendable {
        case capture
        /// Of a camera whose parts the media controller joins, with its driver's name.
        case pipeline(driver: String)
        /// Metadata, output, a codec.
        case other

        /// `capabilities` are `device_caps` of VIDIOC_QUERYCAP.
        init(capabilities: UInt32, driver: String) {
            let isCapture = capabilities & UInt32(V4L2_CAP_VIDEO_CAPTURE) != 0
            let isMultiplanar = capabilities & UInt32(V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0
            // Older drivers of such pipelines do not say V4L2_CAP_IO_MC.
            let isPipeline =
                capabilities & UInt32(V4L2_CAP_IO_MC) != 0
                || ["unicam", "rp1-cfe", "ipu3-cio2", "ipu6", "isys"].contains { driver.hasPrefix($0) }
            if isPipeline, isCapture || isMultiplanar {
                self = .pipeline(driver: driver)
            } else if isCapture, capabilities & UInt32(V4L2_CAP_STREAMING) != 0 {
                self = .capture
            } else {
                self = .other
            }
        }
    }

    let card: String
    let bus: String
    let kind: Kind
}
