public import Credential
public import NFCTag
public import Verifier

/// Asks the service; throws when it cannot be asked.
public protocol SignInService: Sendable {
    func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict
    func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer
    func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer
    /// Whether the last answer to this attempt was the kiosk's own.
    func isOffline(_ id: AttemptID) async -> Bool
    /// Nothing more is asked of this attempt.
    func ended(_ id: AttemptID) async
}

extension SignInService {
    public func isOffline(_ id: AttemptID) async -> Bool { false }
    public func ended(_ id: AttemptID) async {}
}

/// Everything the kiosk does to the world.
public struct KioskEffects: Sendable {
    /// Keeps an event on the disk before it returns.
    public var record: @Sendable (FinishedAttempt) throws -> Void
    public var show: @Sendable (Display) -> Void
    /// Gives the assertion to the device's application.
    public var handOver: @Sendable (AttemptID, String) async -> Void
    /// Tells the application that the session of this attempt is over.
    public var endSession: @Sendable (AttemptID) async -> Void
    /// How long the service took, and whether it answered.
    public var asked: @Sendable (Duration, Bool) -> Void
    /// For the log; never holds a secret.
    public var note: @Sendable (String) -> Void

    public init(
        record: @escaping @Sendable (FinishedAttempt) throws -> Void, show: @escaping @Sendable (Display) -> Void,
        handOver: @escaping @Sendable (AttemptID, String) async -> Void,
        endSession: @escaping @Sendable (AttemptID) async -> Void = { _ in },
        asked: @escaping @Sendable (Duration, Bool) -> Void = { _, _ in }, note: @escaping @Sendable (String) -> Void
    ) {
        self.record = record
        self.show = show
        self.handOver = handOver
        self.endSession = endSession
        self.asked = asked
        self.note = note
    }
}

/// Brings events to the verifier and carries out its actions.
public actor Kiosk {
    private var verifier: Verifier
    private let service: any SignInService
    private let effects: KioskEffects
    private let now: @Sendable () -> Moment
    /// What happens next. At most 64 events wait: a scanner and a person make a few a second.
    private let mailbox: AsyncStream<Event>
    private let sender: AsyncStream<Event>.Continuation
    /// Ended attempts that could not be written. While there is one, nobody is signed in.
    private var unwritten: [FinishedAttempt] = []
    /// How many events have been handled: ten more each second at least, while it runs.
    public private(set) var turns = 0
    private var isLeaving = false

    public init(
        verifier: Verifier = Verifier(), service: any SignInService, effects: KioskEffects, now: @escaping @Sendable () -> Moment
    ) {
        self.verifier = verifier
        self.service = service
        self.effects = effects
        self.now = now
        (mailbox, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(64))
    }

    /// A QR code was read.
    public nonisolated func read(_ text: String) {
        sender.yield(.badgeRead(text: text, attempt: .make(at: now().wall)))
    }

    /// A card was held to a card reader.
    public nonisolated func tapped(_ reading: TagReading) { sender.yield(Event(reading, attempt: .make(at: now().wall))) }

    /// A card was taken away before it was read.
    public nonisolated func missedCard() { sender.yield(.cardRefused(.takenAway, attempt: .make(at: now().wall))) }

    public nonisolated func pressed(_ key: Key) { sender.yield(.key(key)) }

    /// Anything else that happened.
    public nonisolated func tell(_ event: Event) { sender.yield(event) }

    /// Has ``run()`` return as soon as nobody is at the kiosk and all that happened is on the disk.
    public func endWhenIdle() { isLeaving = true }

    /// Runs until it is cancelled; then what is under way ends, and is kept.
    public func run() async {
        effects.show(verifier.idleDisplay)
        await withDiscardingTaskGroup { group in
            group.addTask { [sender] in
                while (try? await Task.sleep(for: .milliseconds(100))) != nil { sender.yield(.tick) }
                sender.finish()
            }
            for await event in mailbox {
                for action in decide(event) { await perform(action, &group) }
                turns += 1
                if isLeaving, verifier.isIdle, unwritten.isEmpty { break }
            }
            for action in decide(.interrupted) { await perform(action, &group) }
            group.cancelAll()
        }
    }

    private func decide(_ event: Event) -> [Action] {
        if !unwritten.isEmpty {
            rewrite()
            if case .badgeRead = event, !unwritten.isEmpty {
                effects.show(.outcome(.serviceUnavailable, name: nil))
                return []
            }
        }
        let actions = verifier.handle(event, at: now())
        if record(actions) { return actions }
        let ends = verifier.handle(.interrupted, at: now())
        _ = record(ends)
        return [.show(.outcome(.serviceUnavailable, name: nil))] + (actions + ends).filter(\.endsSession)
    }

    /// False when an event could not be written: then nothing of what follows may be shown or done, but to let go of a session.
    private func record(_ actions: [Action]) -> Bool {
        for case .record(let attempt) in actions {
            do { try effects.record(attempt) } catch {
                effects.note("the outbox cannot be written, so nobody can sign in: \(error)")
                unwritten.append(attempt)
            }
        }
        return unwritten.isEmpty
    }

    private func rewrite() {
        unwritten.removeAll { (try? effects.record($0)) != nil }
        guard unwritten.isEmpty else { return }
        effects.note("the outbox can be written again")
        if verifier.isIdle { effects.show(verifier.idleDisplay) }
    }

    private func perform(_ action: Action, _ group: inout DiscardingTaskGroup) async {
        switch action {
        case .record(let attempt): await service.ended(attempt.id)
        case .show(let display): effects.show(display)
        case .handOver(let id, let assertion): await effects.handOver(id, assertion)
        case .endSession(let id): await effects.endSession(id)
        case .start(let id, let badge):
            let moment = now()
            ask(id, &group) { .startAnswered(id, try await $0.start(id, badge, at: moment), isOffline: await $0.isOffline(id)) }
        case .checkPIN(let id, let pin):
            ask(id, &group) { .pinAnswered(id, try await $0.check(id, pin), isOffline: await $0.isOffline(id)) }
        case .setNewPIN(let id, let pin): ask(id, &group) { .pinAnswered(id, try await $0.setNewPIN(id, pin)) }
        }
    }

    private func ask(
        _ id: AttemptID, _ group: inout DiscardingTaskGroup,
        _ question: @escaping @Sendable (any SignInService) async throws -> Event
    ) {
        group.addTask { [service, sender, effects] in
            let start = ContinuousClock.now
            do {
                let answer = try await question(service)
                effects.asked(ContinuousClock.now - start, true)
                sender.yield(answer)
            } catch {
                effects.asked(ContinuousClock.now - start, false)
                effects.note("\(error)")
                sender.yield(.serviceFailed(id))
            }
        }
    }
}

extension Action {
    fileprivate var endsSession: Bool { if case .endSession = self { true } else { false } }
}
