import Testing

@testable import InputDevice

/// A scanner that is set for a layout: which key has a character, and with what. The rows are those of the layouts' drawings, each with the
/// code of its first key (`linux/input-event-codes.h`): of the United States (ANSI INCITS 154), the United Kingdom (BS 4822), Germany (DIN 2137-1,
/// T1) and France (NF Z71-300 before 2019).
struct Typist: Sendable, CustomTestStringConvertible {
    let name: String
    private let keys: [Character: [UInt16]]

    private init(_ name: String, _ rows: [(first: UInt16, plain: String, shifted: String, altGr: String)]) {
        var keys: [Character: [UInt16]] = [:]
        for row in rows {
            for (modifiers, text) in [([], row.plain), ([42], row.shifted), ([100], row.altGr)] as [([UInt16], String)] {
                for (index, character) in text.enumerated() where character != " " && keys[character] == nil {
                    keys[character] = modifiers + [row.first + UInt16(index)]
                }
            }
        }
        (self.name, self.keys) = (name, keys)
    }

    var testDescription: String { name }

    static let us = Typist(
        "us",
        [
            (2, "1234567890-=", "!@#$%^&*()_+", ""), (16, "qwertyuiop[]", "QWERTYUIOP{}", ""),
            (30, "asdfghjkl;'`", "ASDFGHJKL:\"~", ""), (43, "\\zxcvbnm,./", "|ZXCVBNM<>?", ""), (57, "", "", ""),
        ])
    static let gb = Typist(
        "gb",
        [
            (2, "1234567890-=", "!\"£$%^&*()_+", ""), (16, "qwertyuiop[]", "QWERTYUIOP{}", ""),
            (30, "asdfghjkl;'`", "ASDFGHJKL:@¬", ""), (43, "#zxcvbnm,./", "~ZXCVBNM<>?", ""), (86, "\\", "|", ""),
        ])
    static let de = Typist(
        "de",
        [
            (2, "1234567890ß ", "!\"§$%&/()=? ", " ²³   {[]}\\"), (16, "qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"),
            (30, "asdfghjklöä ", "ASDFGHJKLÖÄ°", ""), (43, "#yxcvbnm,.-", "'YXCVBNM;:_", ""), (86, "<", ">", "|"),
        ])
    static let fr = Typist(
        "fr",
        [
            (2, "&é\"'(-è_çà)=", "1234567890°+", " ~#{[|`\\^@]}"), (16, "azertyuiop $", "AZERTYUIOP £", ""),
            (30, "qsdfghjklmù²", "QSDFGHJKLM% ", ""), (43, "*wxcvbn,;:!", "µWXCVBN?./§", ""), (86, "<", ">", ""),
        ])

    /// With Enter behind it.
    func strokes(_ text: String) -> [KeyStroke] {
        text.flatMap { Self.press(keys[$0] ?? []) } + Self.press([28])
    }

    /// Each character as Alt and its number on the number pad.
    static func numbers(_ text: String, leading: String = "0") -> [KeyStroke] {
        let pad: [Character: UInt16] = [
            "0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73,
        ]
        return text.unicodeScalars.flatMap { scalar in
            [KeyStroke(code: 56, isDown: true)] + (leading + "\(scalar.value)").flatMap { press([pad[$0] ?? 0]) }
                + [KeyStroke(code: 56, isDown: false)]
        } + press([28])
    }

    static func press(_ codes: [UInt16]) -> [KeyStroke] {
        codes.map { KeyStroke(code: $0, isDown: true) } + codes.reversed().map { KeyStroke(code: $0, isDown: false) }
    }
}
