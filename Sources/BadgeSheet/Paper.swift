/// What badges are printed on: one card, or sheets of cards to cut.
public enum Paper: String, CaseIterable, Sendable {
    /// A card of its own, ID-1 (ISO/IEC 7810): 85.60 × 53.98 mm.
    case card
    case a4
    case letter

    /// Width and height of a card in millimetres (ISO/IEC 7810 ID-1).
    public static let cardSize = (width: 85.60, height: 53.98)

    /// Width and height in millimetres (ISO/IEC 7810, ISO 216, ANSI/ASME Y14.1 A).
    public var size: (width: Double, height: Double) {
        switch self {
        case .card: Self.cardSize
        case .a4: (210, 297)
        case .letter: (215.9, 279.4)
        }
    }

    /// What printers leave white on each side, in millimetres: a quarter of an inch. Card printers print to the edge.
    private var margin: Double { self == .card ? 0 : 6.35 }

    public var columns: Int { Int((size.width - 2 * margin) / Self.cardSize.width) }
    public var rows: Int { Int((size.height - 2 * margin) / Self.cardSize.height) }
    public var cardsPerPage: Int { columns * rows }

    /// The upper left corner of the block of cards, in millimetres; the cards touch, so that one cut divides two.
    public var corner: (x: Double, y: Double) {
        ((size.width - Double(columns) * Self.cardSize.width) / 2, (size.height - Double(rows) * Self.cardSize.height) / 2)
    }

    /// The upper left corner of a card, counted along the rows from 0.
    public func origin(ofCard index: Int) -> (x: Double, y: Double) {
        (corner.x + Double(index % columns) * Self.cardSize.width, corner.y + Double(index / columns) * Self.cardSize.height)
    }

    /// Lines outside the block at each edge of a card, 1 mm away from it, so that no ink is left on a card that is cut a little off.
    public var cropMarks: [(from: (x: Double, y: Double), to: (x: Double, y: Double))] {
        guard self != .card else { return [] }
        let end = (x: size.width - corner.x, y: size.height - corner.y)
        let (near, far) = (1.0, 5.0)
        return (0...columns).flatMap { column in
            let x = corner.x + Double(column) * Self.cardSize.width
            return [((x, corner.y - far), (x, corner.y - near)), ((x, end.y + near), (x, end.y + far))]
        }
            + (0...rows).flatMap { row in
                let y = corner.y + Double(row) * Self.cardSize.height
                return [((corner.x - far, y), (corner.x - near, y)), ((end.x + near, y), (end.x + far, y))]
            }
    }
}
