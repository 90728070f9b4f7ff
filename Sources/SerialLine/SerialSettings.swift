import Glibc

/// How a serial line is set (`man 3 termios`).
public struct SerialSettings: Hashable, Sendable {
    public enum Flow: String, Hashable, Sendable, CaseIterable {
        case none
        /// RTS and CTS.
        case hardware
        /// XON and XOFF, which the line then keeps for itself.
        case software
    }

    /// One of ``bauds``.
    public var baud = 9600
    public var framing = SerialFraming()
    public var flow = Flow.none

    public init() {}

    /// Slow to fast.
    public static let bauds: [Int] = speeds.keys.sorted()

    static let speeds: [Int: speed_t] = [
        1200: speed_t(B1200), 2400: speed_t(B2400), 4800: speed_t(B4800), 9600: speed_t(B9600), 19200: speed_t(B19200),
        38400: speed_t(B38400), 57600: speed_t(B57600), 115200: speed_t(B115200),
    ]

    /// Raw, and bytes that were damaged on the line are dropped: those with a wrong parity or stop bit, and breaks.
    func apply(to settings: inout termios) {
        unsafe cfmakeraw(&settings)
        settings.c_iflag |= tcflag_t(IGNBRK | IGNPAR)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        settings.c_cflag &= ~tcflag_t(CSTOPB | PARENB | PARODD | CSIZE) & ~Self.hardwareFlow
        settings.c_cflag |= tcflag_t(framing.dataBits == 7 ? CS7 : CS8)
        if framing.stopBits == 2 { settings.c_cflag |= tcflag_t(CSTOPB) }
        if framing.parity != .none {
            settings.c_iflag |= tcflag_t(INPCK)
            settings.c_cflag |= tcflag_t(PARENB | (framing.parity == .odd ? PARODD : 0))
        }
        switch flow {
        case .none: break
        case .hardware: settings.c_cflag |= Self.hardwareFlow
        case .software: settings.c_iflag |= tcflag_t(IXON | IXOFF)
        }
    }

    /// CRTSCTS, of which the type differs between Glibc's versions.
    private static let hardwareFlow: tcflag_t = 0x8000_0000
}

/// Data bits, parity and stop bits, as people write them: `8N1`, `7E1`.
public struct SerialFraming: Hashable, Sendable, LosslessStringConvertible {
    public enum Parity: Character, Hashable, Sendable { case none = "N", even = "E", odd = "O" }

    /// 7 or 8.
    public let dataBits: Int
    public let parity: Parity
    /// 1 or 2.
    public let stopBits: Int

    /// 8N1.
    public init() { (dataBits, parity, stopBits) = (8, .none, 1) }

    public init?(_ description: String) {
        let characters = Array(description.uppercased())
        guard characters.count == 3, let dataBits = characters[0].wholeNumberValue, (7...8).contains(dataBits),
            let parity = Parity(rawValue: characters[1]), let stopBits = characters[2].wholeNumberValue,
            (1...2).contains(stopBits)
        else { return nil }
        (self.dataBits, self.parity, self.stopBits) = (dataBits, parity, stopBits)
    }

    public var description: String { "\(dataBits)\(parity.rawValue)\(stopBits)" }
}
