import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// What a kiosk asks during a sign-in (design §3). The kiosk is the caller; a body cannot name another one.
extension LifecycleService {
    func addKioskRoutes(to router: Router<CallContext>) {
        let kiosk = router.group("kiosk/v1").add(middleware: Requires(Access.kiosk, service: self))
            .add(middleware: KioskCertificate(service: self))
        kiosk.get("nonce") { _, _ in
            let now = now()
            return try Response.json(NonceResponse(nonce: nonces.make(at: now), serverDateTime: now))
        }
        kiosk.post("signIns") { request, context in
            let started = try await start(request.json(SignInStart.self), kioskID: context.caller)
            return try answer(started, to: "start", started.result)
        }
        kiosk.post("signIns/{id}/pin") { request, context in
            let id = try context.parameters.require("id")
            let verdict = try await check(request.pin("pin"), attemptID: id, kioskID: context.caller)
            return try answer(verdict, to: "pin", verdict.result)
        }
        kiosk.post("signIns/{id}/newPin") { request, context in
            let id = try context.parameters.require("id")
            let verdict = try await setPIN(
                to: request.pin("newPin"), attemptID: id, kioskID: context.caller)
            return try answer(verdict, to: "newPin", verdict.result)
        }
        kiosk.post("signInEvents") { request, context in
            try await Response.json(keep(request.json(SignInEventBatch.self).events, kioskID: context.caller))
        }
    }

    private func answer(_ answer: some Encodable, to step: String, _ result: ResultCode) throws -> Response {
        metrics.count(.signIns, [("step", step), ("result", result.rawValue)])
        return try Response.json(answer)
    }

    /// The proof is checked before anything else is said of the code, and before any counter moves.
    private func start(_ request: SignInStart, kioskID: String) async throws -> SignInStarted {
        let now = now()
        guard let attemptID = AttemptID(request.id), let codeID = QRCodeID(request.qrCodeId),
            let proof = Base64URL.decode(request.proof)
        else { throw GraphError.badRequest("invalidRequest", "id is a UUIDv7, qrCodeId a GUID, proof base64url.") }
        guard nonces.isValid(request.nonce, at: now) else {
            throw GraphError.badRequest("invalidNonce", "The nonce is not valid any more. Get another one.")
        }
        let claim = ProofClaim(
            attemptID: attemptID, kioskID: kioskID, qrCodeID: codeID, nonce: request.nonce, moment: request.proofMilliseconds)
        let found = try await store.code(codeID.description)
        // An unknown code costs the same work as a known one, so that timing does not tell them apart.
        let isProved = claim.isProved(by: proof, publicKey: found?.code.publicKey ?? Self.nobodysKey)
        guard let (code, userID) = found, isProved, let method = try await store.method(ofUser: userID), let pin = method.pin
        else { return SignInStarted(id: request.id, result: .badgeRefused) }
        if let refusal = Self.refusal(code, at: now) { return SignInStarted(id: request.id, result: refusal) }
        let policy = try await store.policy()
        guard try await store.admits(userID, by: policy), try await store.user(userID)?.isEnabled == true else {
            return SignInStarted(id: request.id, result: .notAllowed)
        }
        if let until = try await store.lockedUntil(codeID: code.id, kioskID: kioskID, at: now) {
            return SignInStarted(id: request.id, result: .lockedOut, lockedUntilDateTime: until)
        }
        do {
            try await store.start(
                Attempt(id: attemptID.description, kioskID: kioskID, codeID: code.id, userID: userID, started: now))
        } catch StoreError.exists {
            throw GraphError(status: .conflict, code: "conflict", message: "This attempt was started before. Use a new id.")
        }
        return SignInStarted(
            id: request.id, result: .pinRequired, startDateTime: code.start, expireDateTime: code.expire,
            pinLength: policy.pinLength,
            mustChangePin: pin.mustChange || pin.length < policy.pinLength)
    }

    private func check(_ typed: Result<PIN, PINError>, attemptID: String, kioskID: String) async throws -> PINVerdict {
        let now = now()
        let (attempt, pin) = try await take(attemptID, kioskID, in: .pin, at: now)
        guard let pin else { return PINVerdict(id: attemptID, result: .badgeRefused) }
        switch try await store.takeGuess(codeID: attempt.codeID, kioskID: kioskID, at: now) {
        case .locked(let until):
            return PINVerdict(id: attemptID, result: .lockedOut, lockedUntilDateTime: until)
        case .taken(let lock):
            guard let typed = try? typed.get(), try await pins.verify(typed, against: pin.hash) else {
                return PINVerdict(id: attemptID, result: lock == nil ? .wrongPIN : .lockedOut, lockedUntilDateTime: lock)
            }
        }
        try await store.forgetGuesses(codeID: attempt.codeID, kioskID: kioskID)
        let isLongEnough = try await pin.length >= store.policy().pinLength
        guard pin.mustChange || !isLongEnough else { return try await signIn(attempt, at: now) }
        try await store.move(attempt.id, to: .newPIN)
        return PINVerdict(id: attemptID, result: .mustChangePIN)
    }

    private func setPIN(to typed: Result<PIN, PINError>, attemptID: String, kioskID: String) async throws -> PINVerdict {
        let now = now()
        let (attempt, pin) = try await take(attemptID, kioskID, in: .newPIN, at: now)
        guard var pin else { return PINVerdict(id: attemptID, result: .badgeRefused) }
        let new: PIN
        do throws(PINError) { new = try typed.get() } catch {
            return PINVerdict(id: attemptID, result: .weakPIN, reason: error.description)
        }
        if let weakness = new.weakness(minimumLength: try await store.policy().pinLength) {
            return PINVerdict(id: attemptID, result: .weakPIN, reason: weakness.description)
        }
        if try await pins.verify(new, against: pin.hash) {
            return PINVerdict(id: attemptID, result: .weakPIN, reason: "The new PIN must differ from the old one.")
        }
        pin.hash = try await pins.hash(new)
        pin.length = new.length
        pin.mustChange = false
        pin.updated = now
        try await store.setPIN(pin, ofUser: attempt.userID)
        return try await signIn(attempt, at: now)
    }

    private func signIn(_ attempt: Attempt, at now: Date) async throws -> PINVerdict {
        guard let user = try await store.user(attempt.userID) else {
            return PINVerdict(id: attempt.id, result: .badgeRefused)
        }
        try await store.markUsed(codeID: attempt.codeID, userID: attempt.userID, at: now)
        return PINVerdict(
            id: attempt.id, result: .signedIn, assertion: try await issuer.assertion(for: user, attempt: attempt, at: now))
    }

    /// The attempt, out of its stage, with the PIN to check; no PIN when the code was revoked or has expired since.
    private func take(_ id: String, _ kioskID: String, in stage: Attempt.Stage, at now: Date) async throws -> (
        Attempt, StoredPIN?
    ) {
        guard
            let attempt = try await store.take(
                id.lowercased(), ofKiosk: kioskID, in: stage, startedAfter: now.addingTimeInterval(-Self.attemptLifetime))
        else { throw GraphError.notFound("The attempt") }
        guard let found = try await store.code(attempt.codeID), Self.refusal(found.code, at: now) == nil else {
            return (attempt, nil)
        }
        return (attempt, try await store.method(ofUser: attempt.userID)?.pin)
    }

    private func keep(_ events: [SignInEvent], kioskID: String) async throws -> SignInEventReceipt {
        guard events.count <= 100, events.allSatisfy({ AttemptID($0.id) != nil }) else {
            throw GraphError.badRequest("invalidRequest", "A batch holds at most 100 events, each with a UUIDv7 as its id.")
        }
        let received = now()
        metrics.count(.events, by: events.count)
        let kept = events.map {
            StoredEvent(
                id: $0.id, kioskID: kioskID, kioskSequence: $0.kioskSequence, occurred: $0.occurredDateTime, received: received,
                result: $0.result.rawValue, userPrincipalName: $0.userPrincipalName, qrCodeID: $0.qrCodeId,
                clockTrusted: $0.clockTrusted)
        }
        return SignInEventReceipt(accepted: try await store.append(kept))
    }

    private static func refusal(_ code: Code, at now: Date) -> ResultCode? {
        switch ValidityWindow(start: code.start, expiry: code.expire)?.standing(at: now) {
        case .valid: nil
        case .notYetValid: .notYetValid
        case .expired, nil: .expired
        }
    }

    /// The time for a PIN and a new one, typed twice, by someone slow.
    private static let attemptLifetime: TimeInterval = 300
    /// The Ed25519 base point: a valid key to which nobody has a badge.
    static let nobodysKey = [0x58] + [UInt8](repeating: 0x66, count: 31)
}
