/// What a person at the kiosk sees, as it goes over the wire. It has room for the count of a PIN's digits and for no digit.
public struct KioskState: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
        case idle, checkingBadge, pin, checkingPIN, outcome, session
    }

    public enum Prompt: String, Codable, Hashable, Sendable, CaseIterable { case current, new, repeated }

    /// Why a PIN is asked for again.
    public enum Problem: String, Codable, Hashable, Sendable, CaseIterable {
        case tooShort, tooLong, sequence, repetition, unchanged, differs
    }

    /// `none`: the kiosk is not meant to have one.
    public enum Presence: String, Codable, Hashable, Sendable { case unknown, present, absent, none }

    /// Where 1, 2 and 3 are: above, as on a telephone, or below, as on a calculator.
    public enum KeypadLayout: String, Codable, Hashable, Sendable, CaseIterable { case telephone, calculator }

    public var phase = Phase.idle
    /// With `checkingBadge` and `checkingPIN`: it takes longer than people expect.
    public var isSlow = false
    /// With `pin`: which PIN is asked for, how many digits were typed, and how many it has at least.
    public var prompt: Prompt?
    public var typed: Int?
    public var length: Int?
    /// With `pin`: what was wrong with the one before, and of how many digits that speaks.
    public var problem: Problem?
    public var limit: Int?
    /// With `outcome`: one of the service's result codes.
    public var outcome: String?
    /// With `outcome` of a lock: seconds until the next try, where they are known.
    public var retryAfter: Int?
    /// Who is signed in; nobody else is named.
    public var name: String?
    /// With `session`, shortly before it ends for want of use.
    public var secondsLeft: Int?
    /// The application can take the assertion of a sign-in.
    public var hasAssertion = false
    public var camera = Presence.unknown
    /// A barcode scanner on a serial port.
    public var reader = Presence.none
    /// The card readers: present when there is one.
    public var tap = Presence.none
    public var keypad = Presence.unknown
    public var keypadLayout = KeypadLayout.telephone
    /// False from a failed call of the service to the next one that works.
    public var isOnline = true
    /// While it is not: people who signed in at this kiosk lately still can.
    public var canSignInOffline = false
    /// The camera's picture can be followed while the phase is `idle` or `checkingBadge`.
    public var hasPreview = false

    public init() {}

    /// Forgets all that belongs to one phase.
    public mutating func clear() {
        var cleared = KioskState()
        (cleared.camera, cleared.keypad, cleared.keypadLayout, cleared.isOnline) = (camera, keypad, keypadLayout, isOnline)
        (cleared.reader, cleared.tap) = (reader, tap)
        (cleared.canSignInOffline, cleared.hasAssertion, cleared.hasPreview) = (canSignInOffline, hasAssertion, hasPreview)
        self = cleared
    }
}
