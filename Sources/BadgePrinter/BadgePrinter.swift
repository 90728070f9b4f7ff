public import BadgeSheet
public import QRCode

/// Badges on cards and sheets, as a PDF file.
public struct BadgePrinter: Sendable {
    /// A badge as it is drawn.
    public struct Card: Sendable {
        public let name: String
        public let note: String
        public let symbol: Symbol
        public let layout: CardLayout

        public init(name: String, note: String, symbol: Symbol, layout: CardLayout) {
            self.name = name
            self.note = note
            self.symbol = symbol
            self.layout = layout
        }
    }

    let paper: Paper
    /// Millimetres between two dots of the printer.
    let dot: Double

    public init(paper: Paper, dotsPerInch: Int) {
        self.paper = paper
        dot = 25.4 / Double(dotsPerInch)
    }

    /// Writes a page for each card, or sheets with crop marks and a rule of 100 mm that shows whether the printer kept the size.
    ///
    /// Throws ``PrintError`` when the file cannot be written, or no font has the letters of a name or note.
    public func write(_ cards: [Card], to path: String) throws(PrintError) {
        let canvas = PDFCanvas(path: path, width: paper.size.width, height: paper.size.height)
        for start in stride(from: 0, to: cards.count, by: paper.cardsPerPage) {
            for (index, card) in cards[start..<min(start + paper.cardsPerPage, cards.count)].enumerated() {
                try draw(card, at: paper.origin(ofCard: index), on: canvas)
            }
            if paper != .card { try drawMarks(on: canvas) }
            canvas.endPage()
        }
        try canvas.finish()
    }

    private func draw(_ card: Card, at origin: (x: Double, y: Double), on canvas: PDFCanvas) throws(PrintError) {
        let (layout, symbol) = (card.layout, card.symbol)
        // From a whole dot of the page on, each module covers whole dots.
        let quietZone = Double(Symbol.quietZone) * layout.module
        let left = ((origin.x + layout.code.x + quietZone) / dot).rounded() * dot
        let top = ((origin.y + layout.code.y + quietZone) / dot).rounded() * dot
        let module = layout.module
        // A printer blackens each dot that is touched (ISO 32000-1 §10.6.5), and cairo rounds to 1/256 point, which is 1.4 µm.
        let inset = 0.002
        canvas.fill(
            (0..<symbol.size).flatMap { y in
                symbol.darkRuns(row: y).map { run in
                    (
                        left + Double(run.lowerBound) * module + inset, top + Double(y) * module + inset,
                        Double(run.count) * module - 2 * inset, module - 2 * inset
                    )
                }
            })
        let (x, y) = (origin.x + layout.text.x, origin.y + layout.text.y)
        let noteHeight = card.note.isEmpty ? 0 : layout.textHeight / 3
        let taken = try canvas.write(
            card.name, x: x, y: y, width: layout.textWidth, height: layout.textHeight - noteHeight, largest: 18, isBold: true)
        guard !card.note.isEmpty else { return }
        _ = try canvas.write(card.note, x: x, y: y + taken + 2, width: layout.textWidth, height: noteHeight - 2, largest: 9)
    }

    private func drawMarks(on canvas: PDFCanvas) throws(PrintError) {
        for mark in paper.cropMarks { canvas.stroke(from: mark.from, to: mark.to) }
        let (start, y) = (paper.size.width / 2 - 50, paper.size.height - 3)
        canvas.stroke(from: (start, y), to: (start + 100, y))
        _ = try canvas.write("100 mm", x: start + 101, y: y - 1.5, width: 20, height: 4, largest: 7)
        for end in [start, start + 100] { canvas.stroke(from: (end, y - 1), to: (end, y + 1)) }
    }
}
