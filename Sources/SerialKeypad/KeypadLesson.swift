public import SerialLine
public import Verifier

/// What a keypad sent for keys that were asked for, and what it must be then.
public struct KeypadLesson: Sendable {
    private let framing: SerialFraming
    private var digits: [(keys: [Key], bytes: [UInt8])] = []
    private var others: [(key: Key, bytes: [UInt8])] = []

    /// `framing` is how the line was set while it was listened to.
    public init(framing: SerialFraming = SerialFraming()) { self.framing = framing }

    /// One digit; or several and enter, of a keypad that sends lines.
    public mutating func take(_ bytes: [UInt8], forDigits keys: [Key]) { digits.append((keys, bytes)) }

    /// Enter, correct, clear or cancel. A key that was not asked for, or that the keypad has not, is left out.
    public mutating func take(_ bytes: [UInt8], for key: Key) { others.append((key, bytes)) }

    /// The first way to read the line by which every digit is itself.
    public func conclusion() throws(KeypadLessonError) -> (framing: SerialFraming, profile: KeypadProfile) {
        let reading = KeypadReading.all(framing).first { reading in
            digits.allSatisfy { reading.keys(of: $0.bytes) == $0.keys }
        }
        guard !digits.isEmpty, let reading else { throw .digits(digits.map { ByteName.text($0.bytes) }) }
        var bytes: [Key: [UInt8]] = [:]
        for (key, sent) in others {
            guard let payload = reading.payload(of: sent, key) else { throw .key(key, ByteName.text(sent)) }
            bytes[key, default: []] += payload
        }
        var profile = KeypadProfile()
        (profile.format, profile.checksum) = (reading.format, reading.checksum)
        do throws(KeyMapError) {
            profile.keys = try KeyMap(
                enter: bytes[.enter] ?? [], correct: bytes[.correct] ?? [], clear: bytes[.clear] ?? [],
                cancel: bytes[.cancel] ?? [])
        } catch { throw .names(error) }
        return (reading.framing, profile)
    }

    /// The format of a keypad at which 1 and enter are pressed in turn, when the line is set to its speed: nil until 1 came twice.
    public static func format(ofOnes bursts: [[UInt8]], framing: SerialFraming) -> KeypadProfile.Format? {
        for reading in KeypadReading.all(framing) {
            let ones = bursts.count { reading.keys(of: $0) == [.digit(1)] }
            // A frame for every second key: enter sends what was typed.
            if ones >= 2 { return reading.format == .frames && ones == bursts.count ? .lines : reading.format }
        }
        return nil
    }
}

/// One way to understand a line.
struct KeypadReading: Sendable {
    let framing: SerialFraming
    let format: KeypadProfile.Format
    let checksum: FrameKeyDecoder.Checksum
    private let unparity: @Sendable ([UInt8]) -> [UInt8]?

    /// Those that ask for more come first: a checksum, and bytes that are plain before those that may be anything.
    static func all(_ framing: SerialFraming) -> [KeypadReading] {
        let formats: [(KeypadProfile.Format, FrameKeyDecoder.Checksum)] = [
            (.ascii, .none), (.frames, .lrc), (.frames, .sum), (.frames, .none), (.lines, .lrc), (.lines, .sum), (.lines, .none),
            (.vt, .none), (.wiegand8, .none), (.wiegand4, .none),
        ]
        return framings(framing).flatMap { framing, unparity in
            formats.map { KeypadReading(framing: framing, format: $0.0, checksum: $0.1, unparity: unparity) }
        }
    }

    /// A keypad that sends 7 bits and a parity is heard with 8N1 too, the parity being the eighth bit; a mark is a stop bit.
    private static func framings(_ framing: SerialFraming) -> [(SerialFraming, @Sendable ([UInt8]) -> [UInt8]?)] {
        let plain: (SerialFraming, @Sendable ([UInt8]) -> [UInt8]?) = (framing, { $0 })
        guard framing == SerialFraming() else { return [plain] }
        let rules: [(String, @Sendable (UInt8) -> Bool)] = [
            ("7E1", { $0.nonzeroBitCount.isMultiple(of: 2) }), ("7O1", { !$0.nonzeroBitCount.isMultiple(of: 2) }),
            ("7N2", { $0 >= 0x80 }),
        ]
        return [plain]
            + rules.compactMap { text, isRight in
                SerialFraming(text).map { framing in
                    (framing, { bytes in bytes.allSatisfy(isRight) ? bytes.map { $0 & 0x7F } : nil })
                }
            }
    }

    /// What the bytes mean when only the digits have a meaning.
    func keys(of bytes: [UInt8]) -> [Key] {
        guard let plain = unparity(bytes) else { return [] }
        var profile = KeypadProfile()
        (profile.format, profile.checksum, profile.debounce) = (format, checksum, .zero)
        // The other keys are not known yet.
        profile.keys = .digitsOnly
        var reader = KeyReader(profile)
        let keys = reader.read(plain, at: .zero) + reader.read([], at: .seconds(2))
        // A plain keypad sends nothing else.
        return format == .ascii && keys.count != plain.count ? [] : keys
    }

    /// The bytes of a key's own, without what all keys have around them; none when the format itself knows the key.
    func payload(of bytes: [UInt8], _ key: Key) -> [UInt8]? {
        guard let plain = unparity(bytes) else { return nil }
        switch format {
        case .vt where keys(of: bytes) == [key]: return []
        case .ascii, .vt: return plain.count == 1 || plain == [0x0D, 0x0A] ? plain : nil
        case .frames, .lines:
            let end = checksum == .none ? 1 : 2
            guard plain.count == 2 + end, plain.first == 0x02, plain[2] == 0x03 else { return nil }
            return [plain[1]]
        case .wiegand4, .wiegand8:
            guard plain.count == 1, plain[0] & 0x0F >= 10, plain[0] & 0x0F < 12 else { return nil }
            return [plain[0] & 0x0F == 10 ? UInt8(ascii: "*") : UInt8(ascii: "#")]
        }
    }
}

/// A keypad that was not understood.
public enum KeypadLessonError: Error, Hashable, CustomStringConvertible {
    /// What came for each digit.
    case digits([String])
    case key(Key, String)
    case names(KeyMapError)

    public var description: String {
        switch self {
        case .digits(let sent):
            "What the keypad sends for digits has no format of ours: \(sent.joined(separator: " | ")). Were they the keys asked for?"
        case .key(let key, let sent): "What the keypad sends for \(key) is not understood: \(sent)."
        case .names(let error): "\(error) Were two keys the same?"
        }
    }
}
