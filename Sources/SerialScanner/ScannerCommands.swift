public import Verifier

/// What a barcode scanner is sent, in its own language: the scanner's manual has the bytes. Those that are empty are not sent.
public struct ScannerCommands: Hashable, Sendable {
    /// A badge is waited for; the time for that is over.
    public var trigger: [UInt8] = []
    public var release: [UInt8] = []
    /// A badge was accepted, or a person signed in; an attempt was refused.
    public var goodBeep: [UInt8] = []
    public var badBeep: [UInt8] = []

    public init() {}
}

/// Tells a scanner what the page says.
public struct ScannerFeedback: Sendable {
    private let commands: ScannerCommands
    private var last: Display?
    private var isTriggered: Bool?

    public init(_ commands: ScannerCommands = ScannerCommands()) { self.commands = commands }

    /// Nothing for what was shown before.
    public mutating func bytes(for display: Display) -> [UInt8] {
        let beep = beep(for: display)
        let waits = display == .holdUpBadge
        defer { (last, isTriggered) = (display, waits) }
        return beep + (waits == isTriggered ? [] : waits ? commands.trigger : commands.release)
    }

    /// What a scanner that was just plugged in must be told.
    public func bytesForReturn() -> [UInt8] { isTriggered == true ? commands.trigger : [] }

    private func beep(for display: Display) -> [UInt8] {
        guard display != last else { return [] }
        switch (last, display) {
        case (.checkingBadge, .pin), (.stillChecking, .pin): return commands.goodBeep
        case (_, .outcome(let outcome, _, _)):
            return outcome == .signedIn ? commands.goodBeep : outcome.isSessionEnd ? [] : commands.badBeep
        default: return []
        }
    }
}
