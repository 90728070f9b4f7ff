public import SerialLine
import Synchronization
public import Verifier

/// A barcode scanner on a serial port; one that was unplugged is opened again when it returns.
public final class BarcodeScanner: Sendable {
    public enum Report: Sendable {
        case scan(ScanDecoder.Scan)
        case present
        case absent(reason: String)
    }

    private let device: SerialDevice
    private let framing: ScanFraming
    private let feedback: Mutex<ScannerFeedback>

    public init(
        path: String, settings: SerialSettings = SerialSettings(), framing: ScanFraming = ScanFraming(),
        commands: ScannerCommands = ScannerCommands()
    ) {
        device = SerialDevice(path: path, settings: settings)
        self.framing = framing
        feedback = Mutex(ScannerFeedback(commands))
    }

    /// The reports of the port until the reader is done with them. At most 8 wait: a scanner reads a few codes a second.
    public func reports() -> AsyncStream<Report> { device.reports(of: Listener(scanner: self), limit: 8) }

    /// Triggers the scanner while a badge is waited for, and has it beep.
    public func show(_ display: Display) { device.write(feedback.withLock { $0.bytes(for: display) }) }

    private struct Listener: SerialListener {
        let scanner: BarcodeScanner
        private var decoder: ScanDecoder

        init(scanner: BarcodeScanner) {
            self.scanner = scanner
            decoder = ScanDecoder(scanner.framing)
        }

        mutating func hear(_ event: SerialEvent) -> [Report] {
            switch event {
            case .opened:
                decoder = ScanDecoder(scanner.framing)
                scanner.device.write(scanner.feedback.withLock { $0.bytesForReturn() })
                return [.present]
            case .bytes(let bytes, let now):
                let scans = bytes.isEmpty ? decoder.pause(at: now) : bytes.flatMap { decoder.decode($0, at: now) }
                return scans.map(Report.scan)
            case .gone(let reason): return [.absent(reason: reason)]
            }
        }
    }
}
