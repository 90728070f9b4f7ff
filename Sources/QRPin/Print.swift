import ArgumentParser
import BadgePrinter
import BadgeSheet
import Credential
import Foundation
import QRCode

/// `qrpin print`: badges on cards or sheets.
struct Print: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints badges on ID-1 cards or on A4 or Letter sheets, as a PDF file.",
        discussion: """
            A list is a CSV file whose first line names the columns name, payload and, at will, note. Print the PDF at its actual size: \
            the rule at the foot of a sheet is 100 mm long. List and PDF hold the badges: delete both after printing.
            """)

    @Option(help: "The file with the badge's text, as `qrpin issue` writes it (payload.txt).") var textFile: String?
    @Option(help: "The name on the badge. (default: the user name in it)") var name: String?
    @Option(help: "A second line on the badge.") var note = ""
    @Option(help: "The list of badges.") var csv: String?
    @Option(help: "The PDF file to write.") var out: String
    @Option(
        help: "card (default), a4 or letter.",
        transform: { name in
            guard let paper = Paper(rawValue: name) else { throw ValidationError("choose card, a4 or letter.") }
            return paper
        })
    var paper = Paper.card
    @Option(help: "The printer's dots per inch; a module is a whole number of dots.") var dpi = 300
    @Option(help: "The resolution of the kiosk's camera.") var camera = "1280x720"
    @Option(help: "The camera's horizontal field of view in degrees.") var fieldOfView = 60.0

    func validate() throws {
        if (textFile == nil) == (csv == nil) { throw ValidationError("Give --text-file FILE or --csv FILE.") }
        if csv != nil, name != nil || !note.isEmpty { throw ValidationError("With --csv, the list says name and note.") }
        if !(72...4800).contains(dpi) { throw ValidationError("--dpi \(dpi): give 72 to 4800.") }
        if !(5...170).contains(fieldOfView) { throw ValidationError("--field-of-view \(fieldOfView): give 5 to 170 degrees.") }
        _ = try view()
    }

    func run() throws {
        let cards = try entries().enumerated().map { index, entry in
            do {
                let symbol = try Symbol(encoding: Array(entry.payload.utf8))
                return BadgePrinter.Card(
                    name: entry.name, note: entry.note, symbol: symbol, layout: try CardLayout(symbol, dotsPerInch: dpi))
            } catch {
                throw ValidationError("badge \(index + 1), \(entry.name): \(error)")
            }
        }
        // Only for the owner: the file holds badge keys.
        try? FileManager.default.removeItem(atPath: out)
        guard FileManager.default.createFile(atPath: out, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw ValidationError("\(out) cannot be written. Choose another --out.")
        }
        do {
            try BadgePrinter(paper: paper, dotsPerInch: dpi).write(cards, to: out)
        } catch {
            try? FileManager.default.removeItem(atPath: out)
            throw ValidationError("\(error)")
        }
        try report(cards)
    }

    private func report(_ cards: [BadgePrinter.Card]) throws {
        let view = try view()
        let width = max(5, cards.map(\.name.count).max() ?? 0)
        func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        print("\(padded("badge", width))  symbol  module           reads at")
        for card in cards {
            let layout = card.layout
            let symbol = "\(card.symbol.version.number)-\(card.symbol.errorCorrectionLevel.rawValue.uppercased())"
            let module = String(format: "%.2f mm %2d dots", layout.module, layout.dotsPerModule)
            let (near, far) = (view.nearest(codeWidth: layout.codeWidth), view.farthest(module: layout.module))
            let range = String(format: "%.0f to %.0f cm", (near / 10).rounded(.up), (far / 10).rounded(.down))
            print("\(padded(card.name, width))  \(padded(symbol, 6))  \(padded(module, 15))  \(range)")
        }
        let pages = (cards.count + paper.cardsPerPage - 1) / paper.cardsPerPage
        print("\(cards.count) \(cards.count == 1 ? "badge" : "badges") on \(pages) \(pages == 1 ? "page" : "pages") in \(out)")
        let near = cards.filter { view.farthest(module: $0.layout.module) < CameraView.comfortable }.count
        if near > 0 {
            let subject = near == 1 ? "1 badge reads" : "\(near) badges read"
            try FileHandle.standardError.write(
                contentsOf: Data(
                    """
                    warning: \(subject) only nearer than 15 cm with a camera of \(camera) and \(fieldOfView) degrees: \
                    set more pixels or a narrower view (--camera, --field-of-view say what you have).\n
                    """.utf8))
        }
    }

    private func entries() throws -> [BadgeList.Entry] {
        let entries: [BadgeList.Entry]
        if let csv {
            do {
                entries = try BadgeList(csv: readText(csv)).entries
            } catch let error as BadgeListError {
                throw ValidationError("\(csv): \(error)")
            }
        } else {
            let payload = try readText(textFile ?? "").trimmingCharacters(in: .newlines)
            entries = [BadgeList.Entry(name: try name ?? userName(payload, 1), payload: payload, note: note)]
        }
        for (index, entry) in entries.enumerated() { _ = try userName(entry.payload, index + 1) }
        return entries
    }

    /// Only badges are printed as badges; what stood there instead is not shown, because it may hold a key.
    private func userName(_ payload: String, _ number: Int) throws -> String {
        switch BadgeReading.parse(payload) {
        case .badge(let badge): return badge.userPrincipalName
        case .foreign(let name, _): return name
        case .malformed, .notABadge:
            throw ValidationError(
                "badge \(number): its text is no badge: it starts with ms-qrpin:v1| and `qrpin issue` writes it.")
        }
    }

    private func view() throws -> CameraView {
        let sides = camera.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, sides.allSatisfy({ (16...20_000).contains($0) }) else {
            throw ValidationError("--camera \(camera): write WIDTHxHEIGHT in pixels.")
        }
        return CameraView(width: sides[0], height: sides[1], halfViewTangent: tan(fieldOfView / 2 * .pi / 180))
    }
}
