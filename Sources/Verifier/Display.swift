/// What the person sees.
public enum Display: Hashable, Sendable {
    case holdUpBadge
    /// Nobody can sign in until these are back.
    case outOfOrder(missing: Set<Device>)
    case checkingBadge
    /// `typed` digits so far, of at least `length`; `problem` says what was wrong with the ones before.
    case pin(Prompt, typed: Int, length: Int, problem: PINProblem? = nil)
    case checkingPIN
    /// The service takes longer than people expect.
    case stillChecking
    /// How the attempt or the session ended. A lock ends in `retryAfter` seconds, where the kiosk knows.
    case outcome(Outcome, name: String?, retryAfter: Int? = nil)
    /// Someone is signed in. With `secondsLeft` the session ends so soon unless a key is pressed.
    case session(name: String?, secondsLeft: Int? = nil)

    public enum Prompt: Hashable, Sendable { case current, new, repeated }
}

/// Why a typed PIN is asked for again.
public enum PINProblem: Hashable, Sendable {
    case tooShort(minimum: Int), tooLong(maximum: Int)
    /// A run like 12345678.
    case sequence
    /// A repeated block of one to three digits, like 121212.
    case repetition
    /// The new PIN is the old one.
    case unchanged
    /// The new PIN and its repetition differ.
    case differs
}

/// A part of the kiosk that can be unplugged.
public enum Device: Hashable, Sendable, CaseIterable { case scanner, keypad }

/// How the digits lie on the keypad: 1 2 3 in the top row, as on a telephone (ITU-T E.161), or 7 8 9, as on a calculator.
public enum KeypadLayout: String, Hashable, Sendable, CaseIterable { case telephone, calculator }
