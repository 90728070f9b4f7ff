import BarcodeReader
import SymbolLocator
import VideoCapture

extension BarcodeReader {
    /// The payloads in a picture, each once. The reader is one for drawings, see ``SymbolLocator``.
    func readThoroughly(_ picture: LumaPicture) -> [[UInt8]] {
        var found: [[UInt8]] = []
        SymbolLocator().locate(in: LumaPlane(width: picture.width, height: picture.height, pixels: picture.luma)) { drawing in
            let payloads = read(drawing.pixels, width: drawing.width, height: drawing.height)
            for payload in payloads where !found.contains(payload) { found.append(payload) }
            return !payloads.isEmpty
        }
        return found
    }
}
