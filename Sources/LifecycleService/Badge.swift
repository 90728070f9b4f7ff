import Credential
import FoundationEssentials
import LifecycleAPI
import LifecycleStore
import QRCode

/// Makes badges. The badge key leaves in the image and is then gone.
enum Badge {
    static func issue(
        _ kind: Code.Kind, to user: User, in window: ValidityWindow, at now: Date
    ) throws -> (Code, GraphImage) {
        let (id, key) = (QRCodeID.random(), BadgeKey.random())
        let payload = Array(try BadgePayload(userPrincipalName: user.userPrincipalName, qrCodeID: id, key: key).text.utf8)
        let symbol = try Symbol(encoding: payload, level: .low)
        let image = GraphImage(
            binaryValue: Data(symbol.svg().utf8), rawContent: Data(payload),
            errorCorrectionLevel: symbol.errorCorrectionLevel.rawValue, version: symbol.version.number)
        let code = Code(
            id: id.description, kind: kind, publicKey: key.publicKey(for: id), created: now, start: window.start,
            expire: window.expiry)
        return (code, image)
    }
}

/// How long a code may live (Graph contract §1 fact 8 and §13 U2, U3).
enum Lifetime {
    static let day: TimeInterval = 86_400
    static let hour: TimeInterval = 3_600

    /// The window that was asked for, with its defaults; throws a ``GraphError`` when it is not allowed.
    static func window(_ kind: Code.Kind, _ asked: CodeRequest, _ policy: Policy, at now: Date) throws -> ValidityWindow {
        let start = asked.startDateTime ?? now
        let (least, most, usual) =
            kind == .standard ? (day, 395 * day, Double(policy.lifetimeInDays) * day) : (hour, 12 * hour, 3 * hour)
        let expire = asked.expireDateTime ?? start.addingTimeInterval(usual)
        guard let window = ValidityWindow(start: start, expiry: expire) else {
            throw GraphError.badRequest("invalidRequest", "expireDateTime must lie behind startDateTime.")
        }
        guard WireJSON.date(from: WireJSON.string(from: expire)) != nil else {
            throw GraphError.badRequest("invalidRequest", "expireDateTime must lie before the year 10000.")
        }
        let lifetime = expire.timeIntervalSince(start)
        guard lifetime <= most else {
            throw GraphError.badRequest(
                "qrCodeLifeTimeExceedLimit", "A \(kind) code lives at most \(kind == .standard ? "395 days" : "12 hours").")
        }
        guard lifetime >= least else {
            throw GraphError.badRequest(
                kind == .standard ? "qrCodeLifeTimeExceedLimit" : "invalidRequest",
                "A \(kind) code lives at least \(kind == .standard ? "1 day" : "1 hour").")
        }
        return window
    }
}

extension QRCodePINMethod {
    /// As Graph answers it; the image and the PIN only in the answer that made them.
    func graph(standardImage: GraphImage? = nil, pin made: PIN? = nil) -> GraphMethod {
        GraphMethod(
            id: id, createdDateTime: created, lastUsedDateTime: lastUsed, standardQRCode: standardCode?.graph(standardImage),
            temporaryQRCode: temporaryCode?.graph(), pin: pin?.graph(made))
    }
}

extension Code {
    /// What the audit log says of it.
    var audit: [String: String] {
        [
            "qrCodeId": id, "kind": kind.rawValue, "startDateTime": WireJSON.string(from: start),
            "expireDateTime": WireJSON.string(from: expire),
        ]
    }

    func graph(_ image: GraphImage? = nil) -> GraphQRCode {
        GraphQRCode(
            id: id, createdDateTime: created, startDateTime: start, expireDateTime: expire, lastUsedDateTime: lastUsed,
            image: image)
    }
}

extension StoredPIN {
    func graph(_ made: PIN? = nil) -> GraphPIN {
        GraphPIN(
            id: id, code: made?.withDigits { $0 }, forceChangePinNextSignIn: mustChange, createdDateTime: created,
            updatedDateTime: updated)
    }
}
