public import Credential
public import FoundationEssentials
public import LifecycleAPI
import SecureDynamicMessaging
public import Verifier

/// The three questions of a sign-in (design §3), as the verifier's answers.
public struct SignInCalls: Sendable {
    private let client: LifecycleClient
    private let heard: @Sendable (Date) -> Void

    /// `heard` is told the service's time at each start.
    public init(client: LifecycleClient, heard: @escaping @Sendable (Date) -> Void = { _ in }) {
        self.client = client
        self.heard = heard
    }

    public func start(_ id: AttemptID, _ badge: BadgePayload, at moment: Moment) async throws -> StartVerdict {
        let answer = try await client.send(.GET, "/kiosk/v1/nonce", as: NonceResponse.self)
        let nonce = answer.nonce
        heard(answer.serverDateTime)
        let claim = ProofClaim(
            attemptID: id, kioskID: await client.clientID, qrCodeID: badge.qrCodeID, nonce: nonce,
            moment: Int64(moment.wall.timeIntervalSince1970 * 1000))
        let started = try await client.send(
            .POST, "/kiosk/v1/signIns",
            body: SignInStart(
                id: id.description, userPrincipalName: badge.userPrincipalName, qrCodeId: badge.qrCodeID.description,
                nonce: nonce, proofMilliseconds: claim.moment, proof: Base64URL.encode(try badge.key.proof(claim)),
                cardMessage: badge.card?.text),
            as: SignInStarted.self)
        if started.result == .pinRequired, let start = started.startDateTime, let expire = started.expireDateTime,
            let window = ValidityWindow(start: start, expiry: expire)
        {
            return .pinRequired(window: window, pinLength: started.pinLength ?? 8)
        }
        return .refused(Outcome(refusal: started.result), lockedUntil: started.lockedUntilDateTime)
    }

    public func check(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        Self.answer(
            try await client.send(
                .POST, "/kiosk/v1/signIns/\(id)/pin", body: PINSubmission(pin: pin.withDigits { $0 }), as: PINVerdict.self))
    }

    public func setNewPIN(_ id: AttemptID, _ pin: PIN) async throws -> PINAnswer {
        Self.answer(
            try await client.send(
                .POST, "/kiosk/v1/signIns/\(id)/newPin", body: NewPINSubmission(newPin: pin.withDigits { $0 }),
                as: PINVerdict.self))
    }

    private static func answer(_ verdict: PINVerdict) -> PINAnswer {
        switch (verdict.result, verdict.assertion) {
        case (.signedIn, let assertion?): .signedIn(assertion: assertion, offline: verdict.offline.map { OfflineGrant($0) })
        case (.mustChangePIN, _): .mustChangePIN
        default: .refused(Outcome(refusal: verdict.result), lockedUntil: verdict.lockedUntilDateTime)
        }
    }
}

extension OfflineGrant {
    public init(_ grant: OfflineGrantAnswer) {
        self.init(
            userID: grant.userId, userPrincipalName: grant.userPrincipalName, expiry: grant.expireDateTime,
            changeNumber: grant.changeNumber)
    }
}

extension Outcome {
    /// A result that is no refusal, which a sound service never sends here, counts as the service's failure.
    init(refusal result: ResultCode) {
        let outcome = Outcome(rawValue: result.rawValue) ?? .serviceUnavailable
        self = outcome == .signedIn || outcome.isSessionEnd ? .serviceUnavailable : outcome
    }
}
