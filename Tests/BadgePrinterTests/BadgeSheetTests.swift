import QRCode
import Testing

@testable import BadgeSheet

@Suite struct PaperTests {
    @Test func `A4 takes ten cards and Letter eight, none of them in the quarter inch that printers leave white`() {
        #expect(Paper.a4.cardsPerPage == 10 && Paper.letter.cardsPerPage == 8 && Paper.card.cardsPerPage == 1)
        for paper in [Paper.a4, .letter] {
            for card in 0..<paper.cardsPerPage {
                let (x, y) = paper.origin(ofCard: card)
                #expect(x >= 6.35 && y >= 6.35)
                #expect(x + 85.60 <= paper.size.width - 6.35 && y + 53.98 <= paper.size.height - 6.35)
            }
        }
    }

    @Test func `crop marks stand outside the cards and on the paper, at each edge of a card`() {
        for paper in [Paper.a4, .letter] {
            #expect(paper.cropMarks.count == 2 * (paper.columns + 1) + 2 * (paper.rows + 1))
            let last = paper.origin(ofCard: paper.cardsPerPage - 1)
            for end in paper.cropMarks.flatMap({ [$0.from, $0.to] }) {
                #expect(end.x > 0 && end.y > 0 && end.x < paper.size.width && end.y < paper.size.height)
                let isBeside = end.x < paper.corner.x || end.x > last.x + 85.60
                #expect(isBeside || end.y < paper.corner.y || end.y > last.y + 53.98)
            }
        }
        #expect(Paper.card.cropMarks.isEmpty)
    }
}

@Suite struct CardLayoutTests {
    /// The longest text of byte mode in each version at level L (ISO/IEC 18004 Table 7).
    private static func symbol(version: Int) throws -> Symbol {
        try Symbol(segments: [.byte([97])], version: Version(version), boostingLevel: false)
    }

    @Test func `a version 5 badge has modules of twelve dots at 300 dpi: 45 of 1.016 mm are the most that fit into 47.98`() throws
    {
        let layout = try CardLayout(Self.symbol(version: 5), dotsPerInch: 300)
        #expect(layout.dotsPerModule == 12)
        #expect(abs(layout.module - 1.016) < 1e-9 && abs(layout.codeWidth - 45.72) < 1e-9)
    }

    @Test(arguments: [203, 300, 600, 1200])
    func `every version has whole dots, at least four, and fits; or the error says what to do`(dpi: Int) throws {
        for version in 1...40 {
            do {
                let layout = try CardLayout(Self.symbol(version: version), dotsPerInch: dpi)
                #expect(layout.dotsPerModule >= 4)
                #expect(abs(layout.module / (25.4 / Double(dpi)) - Double(layout.dotsPerModule)) < 1e-6)
                #expect(layout.codeWidth <= 53.98 - 6 && layout.code.y >= 3 && layout.textWidth > 25)
            } catch {
                // Four dots of a module are wider than the room.
                #expect(Double(4 * (17 + 4 * version + 8)) * 25.4 / Double(dpi) > 53.98 - 6)
                #expect("\(error)".contains("finer printer"))
            }
        }
    }
}

@Suite struct CameraViewTests {
    @Test func `at ninety degrees a camera of 1200 pixels gives a module of 1 mm three pixels at 20 cm`() {
        // It sees 400 mm there: three pixels a millimetre.
        #expect(abs(CameraView(width: 1200, height: 600, halfViewTangent: 1).farthest(module: 1) - 200) < 1e-9)
    }

    @Test func `the nearest distance is where the short side of the picture is as long as the code`() {
        // At 50 mm it sees 100 by 50 mm.
        #expect(abs(CameraView(width: 1200, height: 600, halfViewTangent: 1).nearest(codeWidth: 50) - 50) < 1e-9)
        #expect(abs(CameraView(width: 600, height: 1200, halfViewTangent: 1).nearest(codeWidth: 50) - 25) < 1e-9)
    }
}

@Suite struct BadgeListTests {
    typealias Entry = BadgeList.Entry

    @Test(
        arguments: [
            "name,payload,note\nAda,p,n\n", "name,payload,note\r\nAda,p,n", "\u{FEFF}name,payload,note\rAda,p,n\r\r",
            "Note;Other;Payload;Name\nn;;p;Ada", "\"name\",\"payload\",\"note\"\n\n\"Ada\",\"p\",\"n\"\n",
        ])
    func `line ends, quotes, order, semicolons and a byte order mark do not matter`(csv: String) throws {
        #expect(try BadgeList(csv: csv).entries == [Entry(name: "Ada", payload: "p", note: "n")])
    }

    @Test func `a quoted field holds commas, quotes and line ends (RFC 4180 §2)`() throws {
        let list = try BadgeList(csv: "name,payload\r\n\"O'Neil, \"\"Ann\"\"\r\nJr.\",p\r\n")
        #expect(list.entries == [Entry(name: "O'Neil, \"Ann\"\r\nJr.", payload: "p")])
    }

    @Test func `what is wrong is named by its line, and the line is not shown`() {
        let cases: [(String, BadgeListError)] = [
            ("", BadgeListError(line: 1, problem: .empty)), ("name,payload", BadgeListError(line: 1, problem: .empty)),
            ("name,key\nAda,secret", BadgeListError(line: 1, problem: .column("payload"))),
            ("name,payload\n\"a\nb\",p\nAda,secret,x", BadgeListError(line: 4, problem: .fields(3, of: 2))),
            ("name,payload\nAda,\"secret", BadgeListError(line: 2, problem: .quote)),
            ("name,payload\nAda,\"secret\"x", BadgeListError(line: 2, problem: .quote)),
        ]
        for (csv, expected) in cases {
            let error = #expect(throws: BadgeListError.self) { try BadgeList(csv: csv) }
            #expect(error == expected)
            #expect(error.map { !"\($0)".contains("secret") } ?? false)
        }
    }
}
