import BarcodeReader
import SymbolLocator
import VideoCapture

extension BarcodeReader {
    func read(_ picture: LumaPicture) -> [[UInt8]] { read(picture.luma, width: picture.width, height: picture.height) }

    func readThoroughly(_ picture: LumaPicture) -> [[UInt8]] {
        let locator = SymbolLocator()
        var found: [[UInt8]] = []
        locator.locate(in: LumaPlane(width: picture.width, height: picture.height, pixels: picture.luma)) { drawing in
            let payloads = read(drawing.pixels, width: drawing.width, height: drawing.height)
            for payload in payloads where !found.contains(payload) { found.append(payload) }
            return !payloads.isEmpty
        }
        return found
    }
}
