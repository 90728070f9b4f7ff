import CPCSC
public import NFCTag

/// A card at a reader, for this program alone. It is let go when this goes.
@safe public struct Card: ~Copyable {
    private let context: CardContext
    private let channel: Channel
    /// What it answered to its reset (ISO/IEC 7816-3, §8).
    private let answerToReset: [UInt8]

    init(at reader: String, _ context: CardContext) throws(SmartCardError) {
        var (handle, transport) = (SCARDHANDLE(), DWORD())
        let protocols = DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
        let code = unsafe SCardConnect(context.handle, reader, DWORD(SCARD_SHARE_EXCLUSIVE), protocols, &handle, &transport)
        try CardContext.check(code, reader: reader)
        self.context = context
        channel = Channel(reader: reader, handle: handle, transport: transport)
        answerToReset = Self.answerToReset(handle)
    }

    deinit { SCardDisconnect(channel.handle, DWORD(SCARD_LEAVE_CARD)) }

    /// Empty when the card is gone already: the next command says so.
    private static func answerToReset(_ handle: SCARDHANDLE) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(MAX_ATR_SIZE))
        var (count, nameCount, state, transport) = (DWORD(bytes.count), DWORD(), DWORD(), DWORD())
        let code = unsafe SCardStatus(handle, nil, &nameCount, &state, &transport, &bytes, &count)
        return code == 0 ? Array(bytes.prefix(Int(count))) : []
    }

    /// What is on it.
    public func read() throws(SmartCardError) -> TagReading {
        try Tag.read(answerToReset: answerToReset, channel.transmit)
    }

    /// Puts a message in place of what is on it.
    public func write(_ message: NDEFMessage) throws(SmartCardError) -> TagWriting {
        try Tag.write(message, answerToReset: answerToReset, channel.transmit)
    }
}

/// How commands go to a card. It does not outlive its ``Card``.
private struct Channel {
    let reader: String
    let handle: SCARDHANDLE
    let transport: DWORD

    /// Sends a command and gives the answer with its two status bytes.
    func transmit(_ command: [UInt8]) throws(SmartCardError) -> [UInt8] {
        var answer = [UInt8](repeating: 0, count: Int(MAX_BUFFER_SIZE))
        var count = DWORD(answer.count)
        let code = unsafe cpcsc_transmit(handle, transport, command, DWORD(command.count), &answer, &count)
        try CardContext.check(code, reader: reader)
        // Some drivers say that all is well and give nothing when the card is gone.
        guard count >= 2 else { throw SmartCardError(.cardLeft, reader: reader) }
        return Array(answer.prefix(Int(count)))
    }
}
