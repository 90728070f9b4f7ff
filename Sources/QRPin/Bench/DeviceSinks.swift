import QRCode
import SignInBench
import VideoOutput

/// A V4L2 output device; the kiosk looks into the camera that is paired with it.
final class VideoOutputSink: FrameSink {
    let camera: String?
    private let output: VideoOutput

    /// `camera` is the kiosk's; nil for the first one.
    init(_ path: String, camera: String?, _ model: CameraModel) throws {
        output = try VideoOutput(path: path, width: model.width, height: model.height)
        self.camera = camera
    }

    func show(_ frame: GreyRaster) throws { try output.show(luma: frame.pixels) }

    /// Who writes to the device cannot take it away.
    var trouble: CameraTrouble? { nil }
}

/// A screen that the kiosk's real camera looks at.
final class ScreenSink: FrameSink {
    let camera: String?
    private let screen: Framebuffer

    init(_ path: String, camera: String?) throws {
        screen = try Framebuffer(path: path)
        self.camera = camera
    }

    func show(_ frame: GreyRaster) throws {
        try screen.show(luma: frame.pixels, frameWidth: frame.width, frameHeight: frame.height)
    }

    var trouble: CameraTrouble? { nil }
}
