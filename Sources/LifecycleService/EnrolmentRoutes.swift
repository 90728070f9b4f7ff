import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// How a kiosk becomes known, and takes another key (design §4). Its private key never leaves it.
extension LifecycleService {
    func addEnrolmentRoutes(to api: API) {
        // No token: the code is what lets the caller in. No certificate: it is made for the id that the kiosk gets here.
        api.resource("kiosk/v1/enrol", nil).post(.enrolKiosk) { request, context in
            try Response.json(try await enrol(request.json(EnrolmentRequest.self), context), status: .created)
        }
        let codes = api.resource("admin/v1/enrolmentCodes", .kiosks)
        codes.get(.listEnrolmentCodes) { _, _ in
            try Response.json(GraphPage(value: try await store.enrolmentCodes(at: now()).map { $0.answer() }))
        }
        codes.post(.makeEnrolmentCode) { request, context in
            try Response.json(
                try await makeCode(request.json(EnrolmentCodeRequest.self), context), status: .created)
        }
        codes.resource("{id}").delete(.deleteEnrolmentCode) { _, context in
            let id = try context.parameters.require("id").lowercased()
            guard
                try await recording(.deleteEnrolmentCode, .init(.other, id: id, name: id), by: context).deleteEnrolmentCode(id)
            else {
                throw GraphError.notFound("The enrolment code")
            }
            return Response(status: .noContent)
        }
    }

    private func makeCode(_ asked: EnrolmentCodeRequest, _ context: CallContext) async throws -> EnrolmentCodeAnswer {
        let minutes = asked.lifetimeInMinutes ?? 60
        guard (1...10_080).contains(minutes) else {
            throw GraphError.badRequest("invalidRequest", "lifetimeInMinutes is a number from 1 to 10080.")
        }
        let (now, code) = (now(), EnrolmentCode.random())
        let stored = StoredEnrolmentCode(
            hash: code.hash, displayName: try Self.kioskName(asked.displayName), group: try asked.group.flatMap(Self.kioskGroup),
            created: now, expire: now.addingTimeInterval(Double(minutes) * 60))
        let target = AuditRecord.Target(.other, id: stored.id, name: stored.displayName)
        try await recording(.addEnrolmentCode, target, by: context).add(stored)
        return stored.answer(code)
    }

    private func enrol(_ asked: EnrolmentRequest, _ context: CallContext) async throws -> Enrolment {
        let refusal = GraphError(
            status: .forbidden, code: "invalidEnrolmentCode",
            message: "The code is not known, was used or has expired. Ask an administrator for another one.")
        // Guesses at codes are calls without a valid token, and as many.
        func refuse() throws -> Never {
            try admitAddress(context)
            throw refusal
        }
        guard let code = EnrolmentCode(asked.code) else { try refuse() }
        let key = try Self.key(asked.publicKey, provedBy: asked.proof, for: .enrolment(code))
        let (id, name) = (UUID().uuidString.lowercased(), try asked.name.map(Self.kioskName))
        var recorded = context
        recorded.caller = id
        let kiosk: Kiosk
        do {
            kiosk = try await recording(.enrolKiosk, .init(.device, id: id, name: name ?? id), by: recorded)
                .enrol(codeHash: code.hash, kioskID: id, publicKey: key, name: name, at: now())
        } catch StoreError.unknown { try refuse() }
        return Enrolment(clientId: kiosk.id, displayName: kiosk.displayName, issuer: issuer.name)
    }

    func changeKey(_ asked: KeyChange, by context: CallContext) async throws {
        let kioskID = context.caller
        let key = try Self.key(asked.publicKey, provedBy: asked.proof, for: .change(kioskID: kioskID))
        let recorded = recording(.changeKioskKey, .init(.device, id: kioskID, name: kioskID), by: context)
        guard try await recorded.setKey(key, ofKiosk: kioskID) else { throw GraphError.unauthenticated }
    }

    private static func key(_ text: String, provedBy proof: String, for claim: KeyClaim) throws -> [UInt8] {
        guard let key = Base64URL.decode(text), key.count == 32, let signature = Base64URL.decode(proof),
            claim.isProved(by: signature, publicKey: key)
        else {
            throw GraphError.badRequest(
                "invalidProof", "publicKey is an Ed25519 key of 32 bytes as base64url, proof its signature over the claim.")
        }
        return key
    }

    /// 1 to 100 characters, none of them a control character.
    static func kioskName(_ text: String) throws -> String {
        let name = text.trimmingWhitespace()
        guard (1...100).contains(name.count), !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw GraphError.badRequest("invalidRequest", "A kiosk's name and group have 1 to 100 characters.") }
        return name
    }

    /// Nil for an empty one: no group.
    static func kioskGroup(_ text: String) throws -> String? { text.isEmpty ? nil : try kioskName(text) }
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        let rest = drop(while: \.isWhitespace)
        return String(rest[..<(rest.lastIndex { !$0.isWhitespace }.map(rest.index(after:)) ?? rest.startIndex)])
    }
}

extension StoredEnrolmentCode {
    /// The code itself only in the answer that made it.
    func answer(_ code: EnrolmentCode? = nil) -> EnrolmentCodeAnswer {
        EnrolmentCodeAnswer(
            id: id, displayName: displayName, group: group, createdDateTime: created, expireDateTime: expire, code: code?.text)
    }
}

/// Lets a kiosk through that was not revoked, also when its token has not expired yet.
struct RequiresAdmission: RouterMiddleware {
    typealias Context = CallContext

    let store: any LifecycleRepository

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard try await store.isAdmitted(kioskID: context.caller) else { throw GraphError.unauthenticated }
        return try await next(request, context)
    }
}

extension Operation {
    static let enrolKiosk = Operation(
        "A kiosk becomes known by a one-time code and its own key.", body: "enrolmentRequest", answers: [201: "enrolment"],
        refusals: [401, 403, 409])
    static let listEnrolmentCodes = Operation(
        "Lists the codes that wait for their kiosk.", answers: [200: "enrolmentCodes"])
    static let makeEnrolmentCode = Operation(
        "Makes a one-time code by which a kiosk becomes known. It is shown once.", body: "enrolmentCodeRequest",
        answers: [201: "enrolmentCode"])
    static let deleteEnrolmentCode = Operation("Takes a code back that was not used.", answers: [204: nil])
}
