import HIDScanner
import Logging
import SerialScanner
import Verifier

/// A barcode scanner, whatever it is plugged into.
protocol BarcodeScannerDevice: Sendable {
    func reports() -> AsyncStream<BarcodeScanner.Report>
    func show(_ display: Display)
}

extension BarcodeScanner: BarcodeScannerDevice {}
extension HIDScanner: BarcodeScannerDevice {
    func show(_ display: Display) {}
}

/// A barcode scanner as a source of badges.
struct BarcodeReaderPort: Sendable {
    let path: String
    let scanner: any BarcodeScannerDevice

    func show(_ display: Display) { scanner.show(display) }

    /// `read` is called with the text of each code.
    func run(_ logger: Logger, read: @Sendable (String) -> Void, found: @Sendable (Bool) -> Void) async {
        var isTold = false
        for await report in scanner.reports() {
            switch report {
            case .scan(.code(let code)): read(code.text)
            case .scan(.incomplete(let count)):
                // What is set wrong is so at every scan.
                if !isTold {
                    logger.warning("\(path): \(count) bytes are no whole code. qrpin reader learn finds --reader-suffix.")
                }
                isTold = true
            case .present:
                logger.info("reader \(path) is there")
                isTold = false
                found(true)
            case .absent(let reason):
                logger.warning("\(reason)")
                found(false)
            }
        }
    }
}
