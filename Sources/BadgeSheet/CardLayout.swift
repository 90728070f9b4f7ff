public import QRCode

/// Where the code and the text stand on a card, in millimetres from its upper left corner.
public struct CardLayout: Hashable, Sendable {
    /// White on each side of the code beyond its quiet zone, and around the text.
    static let margin = 3.0
    /// Fewer run together on paper (Denso Wave: four dots or more make up a module).
    static let fewestDots = 4

    /// A module is a whole number of the printer's dots.
    public let dotsPerModule: Int
    /// Width of a module.
    public let module: Double
    /// Width of the code with its quiet zone.
    public let codeWidth: Double
    /// The upper left corner of the code's quiet zone.
    public let code: Point
    /// The upper left corner of the text.
    public let text: Point
    public let textWidth: Double
    public let textHeight: Double

    public struct Point: Hashable, Sendable {
        public let x: Double
        public let y: Double
    }

    /// The largest code that fits on a card, on the left, for a printer of so many dots per inch.
    ///
    /// Throws ``CardLayoutError`` when a module would have fewer than four dots.
    public init(_ symbol: Symbol, dotsPerInch: Int) throws(CardLayoutError) {
        let dot = 25.4 / Double(dotsPerInch)
        let modules = Double(symbol.size + 2 * Symbol.quietZone)
        let room = Paper.cardSize.height - 2 * Self.margin
        dotsPerModule = Int(room / modules / dot)
        guard dotsPerModule >= Self.fewestDots else {
            throw CardLayoutError(version: symbol.version.number, dotsPerInch: dotsPerInch)
        }
        module = Double(dotsPerModule) * dot
        codeWidth = module * modules
        code = Point(x: Self.margin, y: (Paper.cardSize.height - codeWidth) / 2)
        // The quiet zone is the gap between the code and the text.
        text = Point(x: Self.margin + codeWidth, y: 2 * Self.margin)
        textWidth = Paper.cardSize.width - Self.margin - text.x
        textHeight = Paper.cardSize.height - 4 * Self.margin
    }
}

/// A code with too many modules for the printer.
public struct CardLayoutError: Error, Hashable, CustomStringConvertible {
    public let version: Int
    public let dotsPerInch: Int

    public var description: String {
        "a version \(version) code on a card has modules of fewer than \(CardLayout.fewestDots) dots at \(dotsPerInch) dots per inch: "
            + "use a finer printer, or a shorter user name."
    }
}
