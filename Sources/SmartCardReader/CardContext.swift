import CPCSC

/// A connection to pcscd. Its calls block, but for ``cancel()``. It is shared by the thread that waits, the one that ends the wait, and the
/// cards, and closes when all are done with it.
final class CardContext: Sendable {
    let handle: SCARDCONTEXT

    init() throws(SmartCardError) {
        var handle = SCARDCONTEXT()
        try unsafe Self.check(SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle))
        self.handle = handle
    }

    deinit { SCardReleaseContext(handle) }

    static func check(_ code: LONG, reader: String? = nil) throws(SmartCardError) {
        guard code == 0 else { throw SmartCardError(code: code, reader: reader) }
    }

    /// The readers' names; none when there is none.
    func readers() throws(SmartCardError) -> [String] {
        // One that comes between the two calls makes the list longer than asked for.
        for _ in 0..<4 {
            var count = DWORD()
            guard try unsafe hasReaders(SCardListReaders(handle, nil, nil, &count)) else { return [] }
            var names = [CChar](repeating: 0, count: Int(count))
            let code = unsafe SCardListReaders(handle, nil, &names, &count)
            if UInt32(truncatingIfNeeded: code) == cpcsc_insufficient_buffer.rawValue { continue }
            guard try hasReaders(code) else { return [] }
            // Each ends in a zero, the list in one more.
            return names.prefix(Int(count)).split(separator: 0).map { name in
                String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        return []
    }

    private func hasReaders(_ code: LONG) throws(SmartCardError) -> Bool {
        if UInt32(truncatingIfNeeded: code) == cpcsc_no_readers.rawValue { return false }
        try Self.check(code)
        return true
    }

    /// Waits until a reader is in another state than the one known of it, or there are more or fewer readers; for `milliseconds` at most.
    /// Nil when the wait was cancelled, or a reader is gone: then the readers are to be asked for again.
    func changes(of known: [CardState], within milliseconds: Int) throws(SmartCardError) -> [CardState]? {
        // It takes so many and no more; then a reader that comes or goes is seen at the next look.
        let isFull = known.count >= Int(PCSCLITE_MAX_READERS_CONTEXTS)
        let names = (known.map(\.reader) + (isFull ? [] : [Self.plugAndPlay])).map { Array($0.utf8CString) }
        let starts = names.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        let text = names.flatMap(\.self)
        var states = unsafe [SCARD_READERSTATE](repeating: SCARD_READERSTATE(), count: names.count)
        let code = unsafe text.withUnsafeBufferPointer { text in
            for index in unsafe states.indices {
                unsafe states[index].szReader = text.baseAddress.map { unsafe $0 + starts[index] }
                unsafe states[index].dwCurrentState = index < known.count ? DWORD(known[index].flags) : DWORD(SCARD_STATE_UNAWARE)
            }
            return unsafe SCardGetStatusChange(handle, DWORD(milliseconds), &states, DWORD(states.count))
        }
        switch UInt32(truncatingIfNeeded: code) {
        case cpcsc_timeout.rawValue: return []
        case cpcsc_cancelled.rawValue, cpcsc_unknown_reader.rawValue: return nil
        default: try Self.check(code)
        }
        return unsafe zip(known, states).compactMap { known, state in
            let flags = unsafe UInt(state.dwEventState)
            return flags & UInt(SCARD_STATE_CHANGED) == 0
                ? nil : CardState(reader: known.reader, flags: flags & ~UInt(SCARD_STATE_CHANGED))
        }
    }

    /// Changes when a reader comes or goes.
    private static let plugAndPlay = #"\\?PnP?\Notification"#

    /// Ends a wait that is under way. May be called from any thread.
    func cancel() { SCardCancel(handle) }
}

/// What pcscd said of a reader.
struct CardState: Hashable, Sendable {
    let reader: String
    /// As `SCARD_READERSTATE` has them: the upper half counts cards that came and went.
    var flags: UInt = 0

    var hasCard: Bool { flags & UInt(SCARD_STATE_PRESENT) != 0 }
    var count: UInt { flags >> 16 & 0xFFFF }
}
