import CXKBCommon

/// What the keys of a keyboard type in one of X's layouts (`man 7 xkeyboard-config`), from the files of xkb-data.
public struct KeyboardLayout: Sendable {
    public let name: String
    /// By code, then by level: 1 is Shift, 2 is AltGr. Empty where a key types nothing by itself.
    private let texts: [UInt16: [String]]

    /// Layouts for which barcode scanners are set, in an order in which each one's badges are told from those of the others.
    public static let common = [
        "us", "gb", "de", "fr", "se", "es", "it", "ch", "ch(fr)", "be", "pt", "br", "latam", "dk", "no", "tr",
    ]

    /// A name such as `de`, or with a variant, `ch(fr)`.
    public init(_ name: String) throws(KeyboardLayoutError) {
        guard let (layout, variant) = Self.parts(name), let texts = Self.texts(layout, variant) else {
            throw KeyboardLayoutError(name: name)
        }
        (self.name, self.texts) = (name, texts)
    }

    func text(of code: UInt16, hasShift: Bool, hasAltGr: Bool) -> String {
        texts[code]?[(hasShift ? 1 : 0) + (hasAltGr ? 2 : 0)] ?? ""
    }

    /// Nil unless they are plain names: XKB would take others for files and rules.
    private static func parts(_ name: String) -> (layout: String, variant: String)? {
        let parts = name.split(separator: "(", omittingEmptySubsequences: false)
        guard parts.count <= 2, isWord(parts[0]) else { return nil }
        guard parts.count == 2 else { return (name, "") }
        guard parts[1].last == ")", isWord(parts[1].dropLast()) else { return nil }
        return (String(parts[0]), String(parts[1].dropLast()))
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func texts(_ layout: String, _ variant: String) -> [UInt16: [String]]? {
        guard let context = unsafe xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES) else { return nil }
        defer { unsafe xkb_context_unref(context) }
        // It would complain on standard error; our own error says what is wrong.
        unsafe xkb_context_set_log_level(context, XKB_LOG_LEVEL_CRITICAL)
        return unsafe "evdev".withCString { rules in
            unsafe "pc105".withCString { model in
                unsafe layout.withCString { layout in
                    unsafe variant.withCString { variant in
                        var names = unsafe xkb_rule_names(
                            rules: rules, model: model, layout: layout, variant: variant, options: nil)
                        guard let keymap = unsafe xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS) else {
                            return nil
                        }
                        defer { unsafe xkb_keymap_unref(keymap) }
                        return unsafe texts(keymap)
                    }
                }
            }
        }
    }

    private static func texts(_ keymap: OpaquePointer) -> [UInt16: [String]]? {
        guard let state = unsafe xkb_state_new(keymap) else { return nil }
        defer { unsafe xkb_state_unref(state) }
        // AltGr is Mod5 in all of X's rules, and Num Lock Mod2: a scanner's number pad has digits.
        let (shift, altGr, numLock) = unsafe (mask("Shift", keymap), mask("Mod5", keymap), mask("Mod2", keymap))
        var texts: [UInt16: [String]] = [:]
        for level in UInt32(0)..<4 {
            let modifiers = (level & 1 != 0 ? shift : 0) | (level & 2 != 0 ? altGr : 0) | numLock
            _ = unsafe xkb_state_update_mask(state, modifiers, 0, 0, 0, 0, 0)
            // Beyond the last one are buttons and what no keyboard of 105 keys has.
            for code in UInt16(1)..<248 {
                // X's numbers are the kernel's plus 8.
                texts[code, default: []].append(unsafe text(UInt32(code) + 8, state))
            }
        }
        return texts
    }

    private static func mask(_ name: String, _ keymap: OpaquePointer) -> UInt32 {
        let index = unsafe xkb_keymap_mod_get_index(keymap, name)
        return index < 32 ? 1 << index : 0
    }

    private static func text(_ key: UInt32, _ state: OpaquePointer) -> String {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = Int(unsafe xkb_state_key_get_utf8(state, key, &bytes, bytes.count))
        guard (1..<bytes.count).contains(count) else { return "" }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A name of no layout.
public struct KeyboardLayoutError: Error, Hashable, CustomStringConvertible {
    public let name: String

    public var description: String {
        "\"\(name)\" is no keyboard layout. Give a name of X's, such as us, de or ch(fr): `man 7 xkeyboard-config`."
    }
}
