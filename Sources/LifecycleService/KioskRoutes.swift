import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore
import PrometheusMetrics

/// What a kiosk asks during a sign-in (design §3). The kiosk is the caller; a body cannot name another one.
extension LifecycleService {
    func addKioskRoutes(to api: API) {
        let caller = api.resource("kiosk/v1", .kiosk).behind(KioskCertificate(service: self))
        // A start asks for itself whether the kiosk is admitted, in its one read of the store.
        caller.resource("signIns").post(.startSignIn) { request, context in
            let started = try await start(request.json(SignInStart.self), kioskID: context.caller)
            return try answer(started, to: "start", started.result)
        }
        let kiosk = caller.behind(RequiresAdmission(store: store))
        kiosk.resource("nonce").get(.readNonce) { _, _ in
            let now = now()
            return try Response.json(NonceResponse(nonce: nonces.make(at: now), serverDateTime: now))
        }
        kiosk.resource("signIns/{id}/pin").post(.submitPIN) { request, context in
            let id = try context.parameters.require("id")
            let verdict = try await check(request.pin("pin"), attemptID: id, kioskID: context.caller)
            return try answer(verdict, to: "pin", verdict.result)
        }
        kiosk.resource("signIns/{id}/newPin").post(.submitNewPIN) { request, context in
            let id = try context.parameters.require("id")
            let verdict = try await setPIN(
                to: request.pin("newPin"), attemptID: id, kioskID: context.caller)
            return try answer(verdict, to: "newPin", verdict.result)
        }
        kiosk.resource("signInEvents").post(.reportEvents) { request, context in
            try await Response.json(keep(request.json(SignInEventBatch.self).events, kioskID: context.caller))
        }
        kiosk.resource("key").post(.changeKey) { request, context in
            try await changeKey(request.json(KeyChange.self), by: context)
            return Response(status: .noContent)
        }
        kiosk.resource("health").post(.reportHealth) { request, context in
            let now = now()
            var health = try await request.json(KioskHealth.self)
            health.clockOffsetMilliseconds = Int((health.dateTime.timeIntervalSince(now) * 1000).rounded())
            try await store.keep(health, ofKiosk: context.caller, at: now)
            return Response(status: .noContent)
        }
        kiosk.resource("changes").get(.readChanges) { request, context in
            try await changes(request, kioskID: context.caller)
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
        guard let facts = try await store.facts(ofCode: codeID.description, kioskID: kioskID, at: now) else {
            throw GraphError.unauthenticated
        }
        // An unknown code costs the same work as a known one, so that timing does not tell them apart.
        let isProved = claim.isProved(by: proof, publicKey: facts.badge?.code.publicKey ?? Self.nobodysKey)
        guard isProved, let (code, user, pin) = facts.badge else { return SignInStarted(id: request.id, result: .badgeRefused) }
        let card = try cards.check(request.cardMessage, against: facts.card)
        if case .refused(let refusal) = card { return SignInStarted(id: request.id, result: refusal) }
        if let refusal = Self.refusal(code, at: now) { return SignInStarted(id: request.id, result: refusal) }
        guard user.isEnabled, try await store.admits(user.id, by: facts.policy) else {
            return SignInStarted(id: request.id, result: .notAllowed)
        }
        if let until = facts.lockedUntil {
            return SignInStarted(id: request.id, result: .lockedOut, lockedUntilDateTime: until)
        }
        do {
            try await store.start(
                Attempt(id: attemptID.description, kioskID: kioskID, codeID: code.id, userID: user.id, started: now),
                with: card.use)
        } catch StoreError.exists {
            throw GraphError(status: .conflict, code: "conflict", message: "This attempt was started before. Use a new id.")
        } catch StoreError.replayed {
            return SignInStarted(id: request.id, result: .cardNotGenuine)
        }
        return SignInStarted(
            id: request.id, result: .pinRequired, startDateTime: code.start, expireDateTime: code.expire,
            pinLength: facts.policy.pinLength, mustChangePin: facts.policy.wantsChange(of: pin))
    }

    private func check(_ digits: Result<PIN, PINError>, attemptID: String, kioskID: String) async throws -> PINVerdict {
        try await pins.withPlace {
            let (now, typed) = (now(), try? digits.get())
            let found = try await store.takeGuess(
                attemptID: attemptID.lowercased(), kioskID: kioskID, startedAfter: now.addingTimeInterval(-Self.attemptLifetime),
                at: now, fingerprint: { codeID in typed.map { pins.fingerprint($0, codeID: codeID) } })
            guard let (taken, guess) = found else { throw GraphError.notFound("The attempt") }
            guard let (user, pin) = taken.subject else {
                try await pins.pretend(typed)
                return PINVerdict(id: attemptID, result: .badgeRefused)
            }
            var lock: Date?
            switch guess {
            case .locked(let until):
                // Nothing is verified, and as much is done as if it were.
                try await pins.pretend(typed)
                return PINVerdict(id: attemptID, result: .lockedOut, lockedUntilDateTime: until)
            case .taken(let until): lock = until
            case .repeated: break
            }
            guard let typed, try await pins.verify(typed, against: pin.hash) else {
                return try await refuse(typed, taken.attempt, lockedUntil: lock, at: now)
            }
            let wantsChange = taken.policy.wantsChange(of: pin)
            let rehash = pins.isOutdated(pin.hash) ? (pin.hash, try await pins.hash(typed)) : nil
            try await store.guessedRight(taken.attempt, signsIn: !wantsChange, rehash: rehash, at: now)
            if wantsChange { return PINVerdict(id: attemptID, result: .mustChangePIN) }
            return try await signedIn(user, taken, with: [pin.hash] + [rehash?.1].compactMap(\.self), at: now)
        }
    }

    private func refuse(_ typed: PIN?, _ attempt: Attempt, lockedUntil lock: Date?, at now: Date) async throws -> PINVerdict {
        try await store.guessedWrong(
            codeID: attempt.codeID, kioskID: attempt.kioskID,
            fingerprint: typed.map { pins.fingerprint($0, codeID: attempt.codeID) }, at: now)
        return PINVerdict(id: attempt.id, result: lock == nil ? .wrongPIN : .lockedOut, lockedUntilDateTime: lock)
    }

    private func setPIN(to digits: Result<PIN, PINError>, attemptID: String, kioskID: String) async throws -> PINVerdict {
        try await pins.withPlace {
            let now = now()
            let taken = try await store.takeNewPIN(
                attemptID: attemptID.lowercased(), kioskID: kioskID, startedAfter: now.addingTimeInterval(-Self.attemptLifetime),
                at: now)
            guard let taken else { throw GraphError.notFound("The attempt") }
            guard case (let user, var pin)? = taken.subject else { return PINVerdict(id: attemptID, result: .badgeRefused) }
            let new: PIN
            do throws(PINError) { new = try digits.get() } catch {
                return PINVerdict(id: attemptID, result: .weakPIN, reason: error.description)
            }
            if let weakness = new.weakness(minimumLength: taken.policy.pinLength) {
                return PINVerdict(id: attemptID, result: .weakPIN, reason: weakness.description)
            }
            if try await pins.verify(new, against: pin.hash) {
                return PINVerdict(id: attemptID, result: .weakPIN, reason: "The new PIN must differ from the old one.")
            }
            pin.hash = try await pins.hash(new)
            pin.length = new.length
            pin.mustChange = false
            pin.updated = now
            try await store.setPIN(pin, ofUser: user.id)
            try await store.markUsed(codeID: taken.attempt.codeID, userID: user.id, at: now)
            return try await signedIn(user, taken, with: [pin.hash], at: now)
        }
    }

    private func signedIn(
        _ user: User, _ taken: TakenAttempt, with pinHashes: [String], at now: Date
    ) async throws -> PINVerdict {
        let attempt = taken.attempt
        let offline =
            taken.policy.offline.isEmpty
            ? nil : try await store.offlineGrant(attempt, pinHashes: Set(pinHashes), at: now)
        return PINVerdict(
            id: attempt.id, result: .signedIn, assertion: try await issuer.assertion(for: user, attempt: attempt, at: now),
            offline: offline)
    }

    private func keep(_ events: [SignInEvent], kioskID: String) async throws -> SignInEventReceipt {
        guard events.count <= 100, events.allSatisfy({ AttemptID($0.id) != nil }) else {
            throw GraphError.badRequest("invalidRequest", "A batch holds at most 100 events, each with a UUIDv7 as its id.")
        }
        guard events.allSatisfy({ SignInEvent.isHash($0.hash) && SignInEvent.isHash($0.previousHash) && $0.kioskSequence > 0 })
        else {
            throw GraphError.badRequest(
                "invalidRequest",
                "Events have a kioskSequence from 1 on, and hash and previousHash of 64 hexadecimal digits in lower case.")
        }
        metrics.count(.events, by: events.count)
        metrics.count(.offlineEvents, by: events.count { $0.verifiedOffline == true })
        let now = now()
        let checkpoint = try await store.append(
            events.map { StoredEvent($0, kioskID: kioskID, received: now) },
            sign: { try issuer.checkpoint(of: kioskID, at: $0, now: now) })
        return SignInEventReceipt(accepted: events.map(\.id), checkpoint: checkpoint)
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

extension Policy {
    /// A PIN that an administrator made, or that is shorter than the policy asks for by now.
    func wantsChange(of pin: StoredPIN) -> Bool { pin.mustChange || pin.length < pinLength }
}

extension Operation {
    static let startSignIn = Operation(
        "A badge was read: starts a sign-in, or says why not.", body: "signInStart", answers: [200: "signInStarted"],
        refusals: [409])
    static let readNonce = Operation("What the next proof must sign.", answers: [200: "nonce"])
    static let submitPIN = Operation("Checks the PIN of a started sign-in.", body: "pinSubmission", answers: [200: "pinVerdict"])
    static let submitNewPIN = Operation(
        "Sets a new PIN where it must change.", body: "newPinSubmission", answers: [200: "pinVerdict"])
    static let reportEvents = Operation(
        "Keeps at most 100 events, each once.", body: "signInEventBatch", answers: [200: "signInEventReceipt"], refusals: [409])
    static let changeKey = Operation("The kiosk takes another key.", body: "keyChange", answers: [204: nil])
    static let reportHealth = Operation("Keeps how the kiosk is.", body: "kioskHealth", answers: [204: nil])
    static let readChanges = Operation(
        "What changed behind a number; with wait, not before there is something.",
        query: [
            QueryParameter(name: "since", schema: ["type": "integer", "minimum": 0]),
            QueryParameter(name: "wait", schema: ["type": "integer", "minimum": 0, "maximum": 60]),
        ], answers: [200: "changeFeed", 304: nil], refusals: [410])
}
