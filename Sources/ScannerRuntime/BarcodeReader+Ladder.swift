import BarcodeReader
import SymbolLocator
import VideoCapture

extension LumaPlane {
    init(_ picture: LumaPicture) { self.init(width: picture.width, height: picture.height, pixels: picture.luma) }
}

extension BarcodeReader {
    func read(_ plane: LumaPlane) -> [[UInt8]] { read(plane.pixels, width: plane.width, height: plane.height) }

    /// The payloads of the symbols that the locator finds, each once, and where they were. ZBar reads drawings of them, never the picture.
    ///
    /// `isInTime` is asked before each drawing after the first; false ends the search.
    func readSymbols(
        in plane: LumaPlane, rungs: Set<SymbolRung> = Set(SymbolRung.allCases), isInTime: () -> Bool = { true }
    ) -> [(payload: [UInt8], region: SymbolSight.Region)] {
        var found: [(payload: [UInt8], region: SymbolSight.Region)] = []
        SymbolLocator(rungs: rungs).locate(in: plane) { sight, _ in
            let payloads = read(sight.drawing)
            for payload in payloads where !found.contains(where: { $0.payload == payload }) {
                found.append((payload, sight.region))
            }
            guard isInTime() else { return .enough }
            return payloads.isEmpty ? .notRead : .read
        }
        return found
    }

    /// The payloads in a picture that is not one of many.
    func readThoroughly(_ picture: LumaPicture) -> [[UInt8]] { readSymbols(in: LumaPlane(picture)).map(\.payload) }
}
