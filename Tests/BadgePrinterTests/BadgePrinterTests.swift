import BadgePrinter
import BadgeSheet
import BarcodeReader
import Foundation
import QRCode
import Subprocess
import Testing
import VideoCapture

@Suite struct BadgePrinterTests {
    private static func card(_ number: Int, dotsPerInch: Int, name: String? = nil) throws -> BadgePrinter.Card {
        let key = String(repeating: "AbC", count: 7) + "\(number % 10)"
        let symbol = try Symbol(encoding: Array("ms-qrpin:v1|user\(number)@example.test|\(UUID().uuidString)|\(key)".utf8))
        return BadgePrinter.Card(
            name: name ?? "Łukasz الله \(number)", note: "Warehouse", symbol: symbol,
            layout: try CardLayout(symbol, dotsPerInch: dotsPerInch))
    }

    /// Prints, and gives each page as poppler draws it, a pixel for a dot.
    private static func pages(_ cards: [BadgePrinter.Card], _ paper: Paper, dotsPerInch: Int) async throws -> [LumaPicture] {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "badges.pdf").path
        try BadgePrinter(paper: paper, dotsPerInch: dotsPerInch).write(cards, to: file)
        let result = try await Subprocess.run(
            .name("pdftoppm"),
            arguments: ["-r", "\(dotsPerInch)", "-gray", "-aaVector", "no", file, directory.path + "/page"], output: .discarded,
            error: .string(limit: 4096))
        try #require(result.terminationStatus.isSuccess, "pdftoppm: \(result.standardError)")
        return try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".pgm") }.sorted().map {
            try LumaPicture(reading: Data(contentsOf: directory.appending(path: $0)))
        }
    }

    @Test(arguments: [Paper.a4, .letter, .card])
    func `ZBar reads every badge off the printed pages`(paper: Paper) async throws {
        let cards = try (0..<11).map { try Self.card($0, dotsPerInch: 300) }
        let pages = try await Self.pages(cards, paper, dotsPerInch: 300)
        #expect(pages.count == (11 + paper.cardsPerPage - 1) / paper.cardsPerPage)
        let found = pages.flatMap { BarcodeReader().read($0.luma, width: $0.width, height: $0.height) }
        let texts = found.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            Set(texts.compactMap { $0.split(separator: "|").dropFirst().first }) == Set((0..<11).map { "user\($0)@example.test" })
        )
    }

    @Test(arguments: [(Paper.card, 300), (.a4, 300), (.a4, 600), (.card, 1200)])
    func `each module covers whole dots of the printer, all of one colour`(paper: Paper, dpi: Int) async throws {
        let card = try Self.card(0, dotsPerInch: dpi)
        let page = try #require(try await Self.pages([card], paper, dotsPerInch: dpi).first)
        let (dots, size) = (card.layout.dotsPerModule, card.symbol.size)
        func isDark(_ x: Int, _ y: Int) -> Bool { page.luma[y * page.width + x] < 128 }
        // The finder pattern is what comes first from the left inside the card.
        let inside = Int((paper.origin(ofCard: 0).x + 1) * Double(dpi) / 25.4)
        let rows = Int((paper.origin(ofCard: 0).y + 1) * Double(dpi) / 25.4)..<page.height
        let left = try #require((inside..<page.width).first { x in rows.contains { isDark(x, $0) } })
        let top = try #require(rows.first { isDark(left, $0) })
        for y in 0..<size * dots {
            for x in 0..<size * dots where isDark(left + x, top + y) != card.symbol[x / dots, y / dots] {
                Issue.record("dot \(x), \(y)")
                return
            }
        }
    }

    @Test func `letters that no font has are an error that says so`() throws {
        let card = try Self.card(0, dotsPerInch: 300, name: "\u{10FFF0}")
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let error = #expect(throws: PrintError.self) { try BadgePrinter(paper: .card, dotsPerInch: 300).write([card], to: file) }
        #expect(error.map { "\($0)".contains("install") } ?? false)
    }

    @Test func `a file that cannot be written is an error`() throws {
        let card = try Self.card(0, dotsPerInch: 300)
        #expect(throws: PrintError.self) {
            try BadgePrinter(paper: .card, dotsPerInch: 300).write([card], to: "/nowhere/badges.pdf")
        }
    }
}
