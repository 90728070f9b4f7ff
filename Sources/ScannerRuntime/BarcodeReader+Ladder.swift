import BarcodeReader
import VideoCapture

extension BarcodeReader {
    func read(_ picture: LumaPicture) -> [[UInt8]] { read(picture.luma, width: picture.width, height: picture.height) }

    /// The picture as it is, then at half its sides when that held nothing.
    func readThoroughly(_ picture: LumaPicture) -> [[UInt8]] {
        let found = read(picture)
        return found.isEmpty ? read(picture.halved()) : found
    }
}
