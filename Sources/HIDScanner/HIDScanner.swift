import InputDevice
public import SerialScanner

/// A barcode scanner that is a keyboard (HID, by USB or Bluetooth), of which nothing reaches anybody else; one that was unplugged is grabbed again
/// when it returns.
public final class HIDScanner: Sendable {
    private let device: InputDevice
    private let framing: ScanFraming
    private let layouts: [KeyboardLayout]

    /// `path` is that of its event node. Of the layouts there is at least one.
    public convenience init(path: String, framing: ScanFraming = ScanFraming(), layouts: [KeyboardLayout]) {
        self.init(device: InputDevice(path: path), framing: framing, layouts: layouts)
    }

    init(device: InputDevice, framing: ScanFraming, layouts: [KeyboardLayout]) {
        (self.device, self.framing, self.layouts) = (device, framing, layouts)
    }

    /// The reports of the device until the reader is done with them. At most 8 wait: a scanner reads a few codes a second.
    public func reports() -> AsyncStream<BarcodeScanner.Report> {
        device.reports(of: Listener(decoder: decoder, fresh: decoder), limit: 8)
    }

    private var decoder: HIDScanDecoder { HIDScanDecoder(framing, layouts: layouts) }

    private struct Listener: InputListener {
        var decoder: HIDScanDecoder
        let fresh: HIDScanDecoder

        mutating func hear(_ event: InputEvent) -> [BarcodeScanner.Report] {
            switch event {
            case .opened:
                decoder = fresh
                return [.present]
            case .strokes(let strokes, let now):
                if strokes.isEmpty { return decoder.pause(at: now).map(BarcodeScanner.Report.scan) }
                return strokes.flatMap { decoder.take(code: $0.code, isDown: $0.isDown, at: now) }.map(BarcodeScanner.Report.scan)
            case .dropped(let held, let now): return decoder.resume(held: held, at: now).map(BarcodeScanner.Report.scan)
            case .gone(let reason): return [.absent(reason: reason)]
            }
        }
    }
}
