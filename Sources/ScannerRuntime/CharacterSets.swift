import Glibc

/// ZBar turns payloads into UTF-8 with iconv, whose converters are files that a jailed process cannot load any more.
enum CharacterSets {
    /// Loads those of a QR code's bytes (ZBar's guesses, ISO/IEC 18004 §7.3.2 and AIM's ECI list) and keeps them loaded.
    static func load() {
        let names =
            [
                "UTF-8", "ISO8859-1", "SJIS", "BIG-5", "CP437", "EUC-KR", "GB18030", "UTF-16BE", "CP1250", "CP1251", "CP1252",
                "CP1256",
            ]
            + (2...16).map { "ISO8859-\($0)" }
        // Never closed: the converters stay for as long as one is open.
        for name in names { unsafe _ = iconv_open("UTF-8", name) }
    }
}
