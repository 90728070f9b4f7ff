import FoundationEssentials
import ScannerRuntime

/// One line of JSON: a read has `time` and `text`, a change of the camera has `state` and `device` or `reason`.
struct CameraLine: Encodable {
    var time: String?
    var text: String?
    var state: String?
    var device: String?
    var reason: String?

    init(_ line: CameraRun.Line) {
        switch line {
        case .read(let text, let time):
            self.time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            self.text = text
        case .streaming(let device):
            state = "streaming"
            self.device = device
        case .absent(let reason):
            state = "absent"
            self.reason = reason
        }
    }
}
