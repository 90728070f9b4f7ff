public import LifecycleAPI

/// Delivers the outbox to the service, at least once and in order; the service drops what it has by id.
public struct Reporter: Sendable {
    static let batch = 100
    private let outbox: Outbox
    private let longestPause: Duration
    private let send: @Sendable (SignInEventBatch) async throws -> SignInEventReceipt
    private let note: @Sendable (String) -> Void

    /// `note` is told once when reports begin to fail and once when they go again; `longestPause` bounds the wait between tries.
    public init(
        outbox: Outbox, longestPause: Duration = .seconds(60), note: @escaping @Sendable (String) -> Void,
        send: @escaping @Sendable (SignInEventBatch) async throws -> SignInEventReceipt
    ) {
        self.outbox = outbox
        self.longestPause = longestPause
        self.note = note
        self.send = send
    }

    public init(outbox: Outbox, client: LifecycleClient, note: @escaping @Sendable (String) -> Void) {
        self.init(outbox: outbox, note: note) {
            try await client.send(.POST, "/kiosk/v1/signInEvents", body: $0, as: SignInEventReceipt.self)
        }
    }

    /// Runs until it is cancelled, or the outbox turns out to be damaged.
    public func run() async {
        for await _ in outbox.arrivals {
            var failures = 0
            while !Task.isCancelled {
                do {
                    guard try await deliverOldest() else { break }
                    if failures > 0 { note("sign-in events are reported again") }
                    failures = 0
                } catch {
                    if Task.isCancelled { return }
                    if error.isDamage { return note("the outbox is damaged: \(error)") }
                    failures += 1
                    if failures == 1 { note("sign-in events wait in the outbox: \(error)") }
                    try? await Task.sleep(for: pause(after: failures))
                }
            }
        }
    }

    /// False when nothing was left.
    private func deliverOldest() async throws -> Bool {
        let events = try await outbox.oldest(Self.batch)
        guard !events.isEmpty else { return false }
        do {
            try await deliver(events)
        } catch LifecycleClientError.refused(400, _, _) {
            // One event that the service cannot take must not hold up the others.
            for event in events { try await deliverAlone(event) }
        }
        return true
    }

    private func deliver(_ events: [SignInEvent]) async throws {
        let receipt = try await send(SignInEventBatch(events: events))
        if let checkpoint = receipt.checkpoint {
            try await outbox.keep(checkpoint: checkpoint)
            if let last = events.last, !Self.covers(checkpoint, last) {
                note("the service's checkpoint is not of this kiosk's event \(last.kioskSequence). Run `qrpin audit verify`")
            }
        }
        try await outbox.remove(receipt.accepted)
    }

    /// Whether the checkpoint is of this event, or of a later one, which this kiosk does not have any more. Its signature is looked at by those
    /// who audit.
    private static func covers(_ checkpoint: String, _ event: SignInEvent) -> Bool {
        guard let head = Checkpoint(unverified: checkpoint)?.head else { return false }
        return head.sequence > event.kioskSequence || head == ChainHead(sequence: event.kioskSequence, hash: event.hash)
    }

    private func deliverAlone(_ event: SignInEvent) async throws {
        do {
            try await deliver([event])
        } catch LifecycleClientError.refused(400, _, let message) {
            note("the service will not take event \(event.id): \(message); it stays in the outbox")
            try await outbox.setAside(event.id, because: message)
        }
    }

    /// Doubling from half a second, with up to half of it by chance, so that many kiosks do not come back in one moment.
    private func pause(after failures: Int) -> Duration {
        let whole = min(longestPause, .milliseconds(500) * (1 << min(failures - 1, 10)))
        return whole / 2 + whole / 2 * Double.random(in: 0...1)
    }
}
