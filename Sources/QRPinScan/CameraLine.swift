import FoundationEssentials
import ScannerRuntime
import VideoCapture

/// One line of JSON: a read has `time` and `text`, a change of the camera has `state` and `device` or `reason`, a preview has `preview`.
struct CameraLine: Encodable {
    var time: String?
    var text: String?
    var state: String?
    var device: String?
    var reason: String?
    /// The camera's mode: four-letter format, sides, frames a second.
    var format: String?
    var width: Int?
    var height: Int?
    var rate: Double?
    var preview: PreviewLine?

    struct PreviewLine: Encodable {
        let width: Int
        let height: Int
        /// Base64 of one byte a pixel.
        let luma: String
        let outline: [Int]?
    }

    init(_ line: CameraRun.Line) {
        switch line {
        case .read(let text, let time):
            self.time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            self.text = text
        case .streaming(let device, let mode):
            state = "streaming"
            self.device = device
            format = mode?.format.name
            width = mode?.width
            height = mode?.height
            rate = mode?.rate
        case .absent(let reason):
            state = "absent"
            self.reason = reason
        case .preview(let picture):
            preview = PreviewLine(
                width: picture.width, height: picture.height, luma: Data(picture.luma).base64EncodedString(),
                outline: picture.outline)
        case .meter, .warning:
            // For people: MeterView and standard error.
            break
        }
    }
}
