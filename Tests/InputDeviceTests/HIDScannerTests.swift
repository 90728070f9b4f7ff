import SerialScanner
import Testing

@testable import HIDScanner
@testable import InputDevice

@Suite struct HIDScannerTests {
    /// Of RFC 2606's example.test; each of base64url's two signs is in the key (RFC 4648 §5).
    private static let badge = "ms-qrpin:v1|zoe.q_y@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AZyQwM-x_0123456789azq"
    private static let common = Result { try KeyboardLayout.common.map(KeyboardLayout.init) }

    @Test(arguments: [Typist.us, .gb, .de, .fr])
    func `a badge is read whichever layout the scanner types for`(typist: Typist) throws {
        var decoder = try decoder()
        for _ in 0..<2 { #expect(hear(typist.strokes(Self.badge), &decoder) == [Self.badge]) }
    }

    @Test func `one scanner after another, each with its layout`() throws {
        var decoder = try decoder()
        for typist in [Typist.de, .us, .fr, .gb, .de] { #expect(hear(typist.strokes(Self.badge), &decoder) == [Self.badge]) }
    }

    @Test func `what is no badge is taken in the first layout, at once`() throws {
        var decoder = try decoder()
        #expect(hear(Typist.us.strokes("https://example.test/menu?a=1"), &decoder) == ["https://example.test/menu?a=1"])
        // On a German keyboard: the same keys type something else in the United States.
        #expect(hear(Typist.de.strokes("zu-y"), &decoder) == ["yu/z"])
    }

    @Test func `a layout that is named is the only one`() throws {
        var decoder = HIDScanDecoder(layouts: [try KeyboardLayout("de")])
        #expect(hear(Typist.de.strokes("zu-y:Ä@|"), &decoder) == ["zu-y:Ä@|"])
        #expect(hear(Typist.us.strokes(Self.badge), &decoder) != [Self.badge])
    }

    @Test(arguments: ["", "0"]) func `Alt and a number are that character in every layout`(leading: String) throws {
        for layout in ["us", "fr"] {
            var decoder = HIDScanDecoder(layouts: [try KeyboardLayout(layout)])
            #expect(hear(Typist.numbers(Self.badge, leading: leading), &decoder) == [Self.badge])
            // Unicode; and no character has a number beyond U+10FFFF.
            #expect(hear(Typist.numbers("zo\u{17D}", leading: leading), &decoder) == ["zo\u{17D}"])
        }
        var decoder = HIDScanDecoder(layouts: [try KeyboardLayout("us")])
        let tooLarge = [KeyStroke(code: 56, isDown: true)] + (0..<30).flatMap { _ in Typist.press([73]) }
        #expect(hear(tooLarge + [KeyStroke(code: 56, isDown: false)] + Typist.press([28]), &decoder) == ["\u{1A}"])
    }

    @Test func `Ctrl and Alt are AltGr, and Ctrl and a letter a control character`() throws {
        var decoder = HIDScanDecoder(layouts: [try KeyboardLayout("de")])
        #expect(hear(Typist.press([29, 56, 16]) + Typist.press([28]), &decoder) == ["@"])
        #expect(hear(Typist.press([29, 34]) + Typist.press([28]), &decoder) == ["\u{07}"])
    }

    @Test func `Caps Lock changes letters alone, and a badge that was typed with it is read`() throws {
        var decoder = try decoder()
        let caps = Typist.press([58])
        #expect(hear(caps + Typist.us.strokes("aB1-") + caps, &decoder) == ["Ab1-"])
        #expect(hear(caps + Typist.us.strokes(Self.badge) + caps, &decoder) == [Self.badge])
        #expect(hear(Typist.us.strokes(Self.badge), &decoder) == [Self.badge])
    }

    @Test func `what is programmed around a code is taken off`() throws {
        var framing = ScanFraming()
        (framing.prefix, framing.suffix) = ([0x24], [0x09])
        var decoder = HIDScanDecoder(framing, layouts: try Self.common.get())
        let strokes = Typist.us.strokes("]Q1$" + Self.badge).dropLast(2) + Typist.press([15])
        #expect(hear(Array(strokes), &decoder) == [Self.badge])
    }

    @Test(arguments: [59, 183, 0x110, 0x2FF] as [UInt16])
    func `a key that types nothing makes a code no badge, and does not delay it`(code: UInt16) throws {
        var decoder = try decoder()
        var strokes = Typist.us.strokes(Self.badge)
        strokes.insert(contentsOf: Typist.press([code]), at: 60)
        let codes = hear(strokes, &decoder)
        #expect(codes.count == 1)
        #expect(codes.first?.contains("\u{1A}") == true)
    }

    @Test func `strokes that were lost make a code none, and the next one is read`() throws {
        var decoder = try decoder()
        let strokes = Typist.us.strokes(Self.badge)
        #expect(hear(Array(strokes.prefix(70)), &decoder).isEmpty)
        #expect(decoder.resume(held: [42], at: .zero).isEmpty)
        #expect(hear([KeyStroke(code: 42, isDown: false)] + strokes.suffix(31), &decoder) == ["\u{1A}"])
        #expect(hear(strokes, &decoder) == [Self.badge])
    }

    @Test func `a code of which the end was lost is refused when nothing follows`() throws {
        var decoder = try decoder()
        #expect(hear(Array(Typist.us.strokes(Self.badge).prefix(70)), &decoder).isEmpty)
        #expect(decoder.resume(held: [], at: .zero).isEmpty)
        #expect(decoder.pause(at: .milliseconds(900)).isEmpty)
        #expect(decoder.pause(at: .milliseconds(1100)).map(text) == ["\u{1A}"])
        #expect(decoder.pause(at: .milliseconds(3000)).isEmpty)
        #expect(hear(Typist.us.strokes(Self.badge), &decoder, at: .seconds(4)) == [Self.badge])
    }

    @Test func `a code without its suffix is told when nothing follows`() throws {
        var decoder = try decoder()
        #expect(hear(Array(Typist.us.strokes("abc").dropLast(2)), &decoder).isEmpty)
        #expect(decoder.pause(at: .milliseconds(1100)) == [.incomplete(count: 3)])
    }

    /// What `ms-qrpin` payloads hold: letters and digits of all sorts, base64url's signs, and those that Entra allows in a
    /// userPrincipalName and layouts have on keys of their own.
    private static let rich =
        "ms-qrpin:v1|abcdefghijklmnopqrstuvwxyz.ABCDEFGHIJKLMNOPQRSTUVWXYZ!_-#EXT#@example.test|"
        + "1a253da5-3f9a-457d-bd9c-de1aab9a2e59|AZyQwM-x_0123456789azq"

    @Test func `no common layout's badge is taken for another layout's`() throws {
        let layouts = try Self.common.get()
        for layout in layouts {
            let places = Self.places(layout)
            let strokes = Self.rich.flatMap { Typist.press(places[$0] ?? []) } + Typist.press([28])
            var decoder = HIDScanDecoder(layouts: layouts)
            #expect(hear(strokes, &decoder) == [Self.rich], "\(layout.name)")
        }
    }

    /// The keys for each character, with the fewest modifiers.
    private static func places(_ layout: KeyboardLayout) -> [Character: [UInt16]] {
        var places: [Character: [UInt16]] = [:]
        for (level, modifiers) in [[], [42], [100], [42, 100]].enumerated() as EnumeratedSequence<[[UInt16]]> {
            // The main keys, and the one beside the left Shift.
            for code in Array(UInt16(1)...53) + [86] {
                // Windows, for which scanners type, has a broken bar at AltGr 1 in Switzerland, and the bar at AltGr 7; X has bars at both.
                if layout.name.hasPrefix("ch"), code == 2, level >= 2 { continue }
                let text = layout.text(of: code, hasShift: level & 1 != 0, hasAltGr: level & 2 != 0)
                if text.count == 1, let character = text.first, places[character] == nil {
                    places[character] = modifiers + [code]
                }
            }
        }
        return places
    }

    @Test(arguments: ["", "xx-none", "us(none)", "us(", "(intl)", "../us", "us+de", "us,de", "d e", "de(nodeadkeys)x"])
    func `a name of no layout is an error that says so`(name: String) {
        let error = #expect(throws: KeyboardLayoutError.self) { _ = try KeyboardLayout(name) }
        #expect(error?.description.hasPrefix("\"\(name)\" is no keyboard layout.") == true)
    }

    @Test func `a variant is a layout, too`() throws {
        var decoder = HIDScanDecoder(layouts: [try KeyboardLayout("us(dvorak)")])
        // Dvorak's home row is aoeuidhtns.
        #expect(hear(Typist.us.strokes("asdfghjkl;"), &decoder) == ["aoeuidhtns"])
    }

    private func decoder() throws -> HIDScanDecoder { HIDScanDecoder(layouts: try Self.common.get()) }

    private func hear(_ strokes: [KeyStroke], _ decoder: inout HIDScanDecoder, at now: Duration = .zero) -> [String] {
        var texts: [String] = []
        for stroke in strokes { texts += decoder.take(code: stroke.code, isDown: stroke.isDown, at: now).map(text) }
        return texts
    }

    private func text(_ scan: ScanDecoder.Scan) -> String {
        if case .code(let code) = scan { code.text } else { "incomplete" }
    }
}
