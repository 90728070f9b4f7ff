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
    func look(in plane: LumaPlane, with locator: SymbolLocator = SymbolLocator(), isInTime: () -> Bool = { true })
        -> SymbolReading
    {
        var reading = SymbolReading()
        reading.patterns = locator.locate(in: plane) { sight, _ in
            let payloads = read(sight)
            for payload in payloads where !reading.found.contains(where: { $0.payload == payload }) {
                reading.found.append((payload, sight.region))
            }
            guard isInTime() else { return .enough }
            return payloads.isEmpty ? .notRead : .read
        }
        return reading
    }

    /// The same, with every way that there is and all the time that it takes.
    func readSymbols(in plane: LumaPlane) -> [(payload: [UInt8], region: SymbolSight.Region)] { look(in: plane).found }

    /// The payload of a symbol that moved while the picture was taken, and where it was; see ``SymbolLocator/locateSmeared(in:isInTime:_:)``.
    func lookForSmeared(in plane: LumaPlane, isInTime: () -> Bool) -> (payload: [UInt8], region: SymbolSight.Region)? {
        var found: (payload: [UInt8], region: SymbolSight.Region)?
        SymbolLocator().locateSmeared(in: plane, isInTime: isInTime) { sight in
            found = read(sight).first.map { ($0, sight.region) }
            return found == nil ? .notRead : .read
        }
        return found
    }

    private func read(_ sight: SymbolSight) -> [[UInt8]] {
        let (drawing, density) = (sight.drawing, Int32(SymbolSight.lineSpacing))
        return read(drawing.pixels, width: drawing.width, height: drawing.height, density: density)
    }

    /// The payloads in a picture that is not one of many.
    func readThoroughly(_ picture: LumaPicture) -> [[UInt8]] { readSymbols(in: LumaPlane(picture)).map(\.payload) }
}

/// What a look at a picture gave.
struct SymbolReading {
    var found: [(payload: [UInt8], region: SymbolSight.Region)] = []
    /// Finder patterns that were seen, true and false.
    var patterns = 0
}
