/// What a device answers (IEC 60839-11-5, 7).
enum Reply: Hashable, Sendable {
    case ack
    case nak(Refusal)
    case identification
    case capabilities(Capabilities)
    case localStatus(isTampered: Bool)
    case card(SecretBytes, bits: Int)
    case keys(SecretBytes)
    /// Also the random numbers of the device.
    case clientCryptogram(random: [UInt8], cryptogram: [UInt8])
    case initialMAC([UInt8])
    case busy
    /// One that nothing was asked for here.
    case other

    /// Why a command was not carried out (7.3).
    enum Refusal: Hashable, Sendable {
        case unknownCommand, sequence, securityBlock, securityConditions
        case other(UInt8)

        init(_ code: UInt8) {
            self =
                switch code {
                case 3: .unknownCommand
                case 4: .sequence
                case 5: .securityBlock
                case 6: .securityConditions
                default: .other(code)
                }
        }
    }

    /// Nil for data that this reply cannot have.
    init?(code: UInt8, data: [UInt8]) {
        switch code {
        case 0x40 where data.isEmpty: self = .ack
        case 0x41 where !data.isEmpty: self = .nak(Refusal(data[0]))
        case 0x45 where data.count == 12: self = .identification
        case 0x46 where data.count % 3 == 0: self = .capabilities(Capabilities(data))
        case 0x48 where data.count == 2: self = .localStatus(isTampered: data[0] != 0)
        case 0x50 where data.count >= 4:
            // Reader, format, number of bits.
            let bits = Int(data[2]) | Int(data[3]) << 8
            guard data.count == 4 + (bits + 7) / 8 else { return nil }
            self = .card(SecretBytes(Array(data[4...])), bits: bits)
        case 0x53 where data.count >= 2:
            // Reader, number of keys.
            guard data.count == 2 + Int(data[1]) else { return nil }
            self = .keys(SecretBytes(Array(data[2...])))
        // First the device's number, which is no secret and proves nothing.
        case 0x76 where data.count == 32:
            self = .clientCryptogram(random: Array(data[8..<16]), cryptogram: Array(data[16...]))
        case 0x78 where data.count == 16: self = .initialMAC(data)
        case 0x79 where data.isEmpty: self = .busy
        case 0x40, 0x41, 0x45, 0x46, 0x48, 0x50, 0x53, 0x76, 0x78, 0x79: return nil
        default: self = .other
        }
    }
}

/// What a device can show (IEC 60839-11-5, Annex B).
public struct Capabilities: Hashable, Sendable {
    public var hasLight = false
    public var hasBuzzer = false
    /// Characters in a row of its display.
    public var columns = 0

    public init() {}

    /// Of each function its code, its level and how many there are of it.
    init(_ data: [UInt8]) {
        for entry in stride(from: 0, to: data.count - 2, by: 3) where data[entry + 1] > 0 {
            switch data[entry] {
            case 4: hasLight = data[entry + 2] > 0
            case 5: hasBuzzer = true
            // Level 1 is one row of 16 characters, 2 are two of them, 3 are four of 20 characters.
            case 6: columns = data[entry + 1] == 3 ? 20 : 16
            default: break
            }
        }
    }
}
