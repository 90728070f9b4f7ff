/// What a panel asks of a device, or tells it (IEC 60839-11-5, 6).
public enum Command: Hashable, Sendable {
    case poll, identification, capabilities, localStatus
    /// The light stays as it is until the next one.
    case light(Colour)
    /// `count` times on and off, each in units of 100 ms.
    case buzzer(on: UInt8, off: UInt8, count: UInt8)
    /// The first row of the display, padded to its width; at most 255 characters of ASCII.
    case text(String)
    case keySet(BaseKey)
    /// Random numbers, eight bytes.
    case challenge([UInt8])
    case serverCryptogram([UInt8])

    public enum Colour: UInt8, Hashable, Sendable { case black, red, green, amber, blue }

    var code: UInt8 {
        switch self {
        case .poll: 0x60
        case .identification: 0x61
        case .capabilities: 0x62
        case .localStatus: 0x64
        case .light: 0x69
        case .buzzer: 0x6A
        case .text: 0x6B
        case .keySet: 0x75
        case .challenge: 0x76
        case .serverCryptogram: 0x77
        }
    }

    var data: [UInt8] {
        switch self {
        case .poll, .localStatus: []
        // The one kind of answer there is.
        case .identification, .capabilities: [0]
        // Reader 0, light 0; nothing for a time, then for good: 100 ms on, none off, in this colour and black.
        case .light(let colour): [0, 0] + [0, 0, 0, 0, 0, 0, 0] + [1, 1, 0, colour.rawValue, 0]
        // Reader 0, the default tone.
        case .buzzer(let on, let off, let count): [0, 2, on, off, count]
        // Reader 0, for good and without wrapping, no time, first row and column.
        case .text(let text): [0, 1, 0, 1, 1, UInt8(min(255, text.utf8.count))] + text.utf8.prefix(255)
        // Type 1 is the SCBK.
        case .keySet(let key): [1, UInt8(key.secret.bytes.count)] + key.secret.bytes
        case .challenge(let bytes), .serverCryptogram(let bytes): bytes
        }
    }
}
