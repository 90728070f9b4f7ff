public import Credential
public import FoundationEssentials
public import Verifier

/// The service while it can be reached, and what the kiosk kept while it cannot; it switches within two seconds, in the middle of a sign-in
/// too. What was once answered offline stays offline to its end: the service does not know of it.
public actor SwitchingService: SignInService {
    private let online: any SignInService
    private let entries: any OfflineEntries
    private let link: ServiceLink
    private let isOutage: @Sendable (any Error) -> Bool
    private let assertion: @Sendable (OfflineGrant, AttemptID, Date) async throws -> String
    private let note: @Sendable (String) -> Void
    private let now: @Sendable () -> Moment
    private var inHand: InHand?
    /// At most four wait to be hashed: a person takes longer than that.
    private let kept: AsyncStream<Keeping>
    private let keeper: AsyncStream<Keeping>.Continuation

    /// The attempt that is under way. Of the badge it has no more than an entry needs.
    private struct InHand {
        let id: AttemptID
        let code: QRCodeID
        let secret: OfflineSecret
        var window: ValidityWindow?
        var pinLength = 8
        var isOffline = false
    }

    private struct Keeping: Sendable {
        let entry: OfflineEntry
        let pin: PIN
        let secret: OfflineSecret
    }

    /// `isOutage` tells an error of `online` that means that the service is gone; `assertion` makes what an application is given of an
    /// offline sign-in.
    public init(
        online: any SignInService, entries: any OfflineEntries, link: ServiceLink,
        isOutage: @escaping @Sendable (any Error) -> Bool,
        assertion: @escaping @Sendable (OfflineGrant, AttemptID, Date) async throws -> String,
        note: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> Moment
    ) {
        (self.online, self.entries, self.link, self.isOutage) = (online, entries, link, isOutage)
        (self.assertion, self.note, self.now) = (assertion, note, now)
        (kept, keeper) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4))
    }

    /// Hashes what is to be kept, beside the sign-ins; runs until it is cancelled.
    public func run() async {
        for await keeping in kept {
            do { try await entries.keep(keeping.entry, keeping.pin, keeping.secret, at: now()) } catch { note("\(error)") }
        }
    }

    public func isOffline(_ id: AttemptID) async -> Bool { inHand?.id == id && inHand?.isOffline == true }

    public func ended(_ id: AttemptID) async { if inHand?.id == id { inHand = nil } }

    public func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
        let code = badge.qrCodeID
        inHand = InHand(id: id, code: code, secret: entries.secret(of: badge))
        // A service that was found gone is not waited for when the kiosk can go on by itself.
        if !link.isUp, let verdict = await offlineVerdict(on: code) { return goOffline(id, verdict) }
        do {
            let verdict = try await call { [online] in try await online.start(id, badge, at: moment) }
            await keepWord { [entries] in try await entries.learn(verdict, of: code) }
            if case .pinRequired(let window, let length) = verdict, inHand?.id == id {
                inHand?.window = window
                inHand?.pinLength = length
            }
            return verdict
        } catch let outage as Outage {
            guard let verdict = await offlineVerdict(on: code) else { throw outage.cause }
            return goOffline(id, verdict)
        }
    }

    public func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        guard let hand = inHand, hand.id == id else { return try await online.check(id, pin) }
        if hand.isOffline { return try await checkOffline(hand, pin) }
        do {
            let answer = try await call { [online] in try await online.check(id, pin) }
            await learn(answer, pin, hand)
            return answer
        } catch let outage as Outage {
            guard await offlineVerdict(on: hand.code) != nil else { throw outage.cause }
            if inHand?.id == id { inHand?.isOffline = true }
            return try await checkOffline(hand, pin)
        }
    }

    /// A PIN is set at the service alone.
    public func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        do {
            let answer = try await call { [online] in try await online.setNewPIN(id, pin) }
            if let hand = inHand, hand.id == id { await learn(answer, pin, hand) }
            return answer
        } catch let outage as Outage { throw outage.cause }
    }

    // MARK: Online

    /// The service is gone, as this error says.
    private struct Outage: Error { let cause: any Error }

    private func call<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        do {
            let answer = try await link.call(body)
            link.found(isUp: true)
            return answer
        } catch {
            guard error is ServiceGone || isOutage(error) else { throw error }
            link.found(isUp: false)
            throw Outage(cause: error)
        }
    }

    private func learn(_ answer: PINAnswer, _ pin: PIN, _ hand: InHand) async {
        await keepWord { [entries, now] in try await entries.learn(answer, of: hand.code, at: now()) }
        guard case .signedIn(_, let grant?) = answer, let window = hand.window else { return }
        let entry = OfflineEntry(qrCodeID: hand.code, grant: grant, window: window, pinLength: hand.pinLength)
        keeper.yield(Keeping(entry: entry, pin: pin, secret: hand.secret))
    }

    /// A file that cannot be written is no reason to refuse whom the service admits.
    private func keepWord(_ body: @Sendable () async throws -> Void) async {
        do { try await body() } catch { note("\(error)") }
    }

    // MARK: Offline

    /// Nil when the kiosk knows nothing of the badge, or may not use what it knows: then it is the outage that people are told of.
    private func offlineVerdict(on code: QRCodeID) async -> StartVerdict? {
        guard entries.count != nil else { return nil }
        do {
            let verdict = try await entries.verdict(on: code, at: now())
            return verdict == .refused(.serviceUnavailable) ? nil : verdict
        } catch {
            note("\(error)")
            return nil
        }
    }

    private func goOffline(_ id: AttemptID, _ verdict: StartVerdict) -> StartVerdict {
        if inHand?.id == id { inHand?.isOffline = true }
        return verdict
    }

    private func checkOffline(_ hand: InHand, _ pin: PIN) async throws -> PINAnswer {
        let moment = now()
        switch try await entries.check(pin, hand.secret, of: hand.code, at: moment) {
        case .right(let grant): return .signedIn(assertion: try await assertion(grant, hand.id, moment.wall))
        case .refused(let outcome, let until): return .refused(outcome, lockedUntil: until)
        }
    }
}
