import CVideoOutput
import Glibc

/// A screen of the console, for a camera that looks at it. It closes when it goes; the console draws over it again.
public struct Framebuffer: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String
    private let width: Int
    private let height: Int
    private let stride: Int

    /// Opens a framebuffer such as `/dev/fb0`. Throws ``VideoOutputError``.
    public init(path: String) throws(VideoOutputError) {
        let descriptor = try opened(path)
        var (width, height, bits, stride) = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
        guard unsafe cvideo_framebuffer(descriptor, &width, &height, &bits, &stride) == 0, width > 0, height > 0 else {
            close(descriptor)
            throw VideoOutputError(path: path, failure: .noFramebuffer)
        }
        // XRGB, as all drivers of today have it.
        guard bits == 32, stride >= 4 * width else {
            close(descriptor)
            throw VideoOutputError(path: path, failure: .bitsPerPixel(Int(bits)))
        }
        (self.descriptor, self.path) = (descriptor, path)
        (self.width, self.height, self.stride) = (Int(width), Int(height), Int(stride))
    }

    deinit { close(descriptor) }

    /// Shows a frame of `frameWidth` times `frameHeight` bytes of luma, as large as the screen allows, in its middle, on black.
    public func show(luma: [UInt8], frameWidth: Int, frameHeight: Int) throws(VideoOutputError) {
        precondition(luma.count == frameWidth * frameHeight && !luma.isEmpty, "a frame has as many pixels as it says")
        let scale = min(Double(width) / Double(frameWidth), Double(height) / Double(frameHeight))
        let (shownWidth, shownHeight) = (Int(Double(frameWidth) * scale), Int(Double(frameHeight) * scale))
        let (left, top) = ((width - shownWidth) / 2, (height - shownHeight) / 2)
        var bytes = [UInt8](repeating: 0, count: stride * height)
        for row in 0..<shownHeight {
            let source = min(Int(Double(row) / scale), frameHeight - 1) * frameWidth
            for column in 0..<shownWidth {
                let grey = luma[source + min(Int(Double(column) / scale), frameWidth - 1)]
                let place = (top + row) * stride + 4 * (left + column)
                (bytes[place], bytes[place + 1], bytes[place + 2]) = (grey, grey, grey)
            }
        }
        guard unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw VideoOutputError(path: path, failure: .system(errno))
        }
    }
}
