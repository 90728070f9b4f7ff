import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/users/{id or userPrincipalName}/authentication/qrCodePinMethod` and what it contains, and the same at `/me` (Graph contract §2, §4).
extension LifecycleService {
    func addMethodRoutes(to api: API) {
        for version in ["beta", "v1.0"] {
            for owner in ["users/{user}", "me"] {
                let authentication = "\(version)/\(owner)/authentication"
                addMethodListRoutes(to: api.resource("\(authentication)/methods", .methods))
                let method = api.resource("\(authentication)/qrCodePinMethod", .method)
                addMethodRoutes(to: method, version: version)
                addCodeRoutes(to: method.resource("standardQRCode"), .standard)
                addCodeRoutes(to: method.resource("temporaryQRCode"), .temporary)
                addPINRoutes(to: method.resource("pin"))
                addUpdatePINRoutes(to: method)
            }
        }
    }

    private func addMethodRoutes(to routes: Resource, version: String) {
        routes.put(.createMethod) { request, context in
            let user = try await user(context)
            let (made, image, pin) = try await createMethod(request.json(MethodRequest.self), for: user, by: context)
            var response = try Response.json(made.graph(standardImage: image, pin: pin), status: .created)
            response.headers[.location] = "/\(version)/users/\(user.id)/authentication/qrCodePinMethod"
            return response
        }
        routes.get(.readMethod) { request, context in
            let projection = try Projection(request, navigation: ["standardQRCode", "temporaryQRCode", "pin"])
            return try await projection.response(method(context).graph())
        }
        routes.delete(.deleteMethod) { _, context in
            let user = try await user(context)
            guard try await recording(.deleteMethod, .user(user), by: context).deleteMethod(ofUser: user.id, at: now()) else {
                throw GraphError.notFound("The method")
            }
            return Response(status: .noContent)
        }
    }

    private func addMethodListRoutes(to routes: Resource) {
        routes.get(.listMethods) { request, context in
            let projection = try Projection(request)
            let method = try await store.method(ofUser: user(context).id)
            return try projection.response(page: GraphMethods(value: method.map { [$0.graph()] } ?? []))
        }
        routes.resource("{method}").get(.readListedMethod) { request, context in
            let projection = try Projection(request)
            let (method, id) = (try await method(context), context.parameters.get("method"))
            guard method.id == id?.lowercased() else { throw GraphError.notFound("The method") }
            return try projection.response(method.graph())
        }
    }

    private func addCodeRoutes(to routes: Resource, _ kind: Code.Kind) {
        let name = "\(kind)QRCode"
        routes.get(.readCode) { request, context in
            let projection = try Projection(request)
            guard let code = try await method(context).code(kind) else { throw GraphError.notFound("The \(name)") }
            return try projection.response(code.graph())
        }
        routes.patch(kind == .standard ? .changeStandardCode : .createTemporaryCode) { request, context in
            try await patch(kind, of: user(context), as: request.json(CodeRequest.self), by: context)
        }
        routes.delete(.deleteCode) { _, context in
            let user = try await user(context)
            let recorded = recording(.deleteCode, .user(user), ["kind": kind.rawValue], by: context)
            guard try await recorded.deleteCode(kind, ofUser: user.id, at: now()) else {
                throw GraphError.notFound("The \(name)")
            }
            return Response(status: .noContent)
        }
    }

    private func addPINRoutes(to routes: Resource) {
        routes.get(.readPIN) { request, context in
            let projection = try Projection(request)
            guard let pin = try await method(context).pin else { throw GraphError.notFound("The pin") }
            return try projection.response(pin.graph())
        }
        routes.patch(.resetPIN) { request, context in
            // A given code is ignored: only PUT may choose one (Graph contract §4.6).
            _ = try await request.jsonIfAny([String: JSONValue].self)
            return try await resetPIN(of: user(context), by: context)
        }
        // No code signs in without a PIN until the next reset.
        routes.delete(.deletePIN) { _, context in
            let user = try await user(context)
            guard try await recording(.deletePIN, .user(user), by: context).deletePIN(ofUser: user.id) else {
                throw GraphError.notFound("The pin")
            }
            return Response(status: .noContent)
        }
    }

    func user(_ context: CallContext) async throws -> User {
        guard let key = context.userKey else { return try me(context) }
        guard let user = try await store.user(key) else { throw GraphError.notFound("The user \(key)") }
        return user
    }

    /// `/me` is the person for whom the caller acts.
    private func me(_ context: CallContext) throws -> User {
        guard case .delegated(let person) = context.identity?.kind else {
            throw GraphError.badRequest("invalidRequest", "/me is only for an application that acts for a person.")
        }
        guard let person else { throw GraphError.notFound("The user \(context.caller)") }
        return person
    }

    private func method(_ context: CallContext) async throws -> QRCodePINMethod { try await method(of: user(context)) }

    private func method(of user: User) async throws -> QRCodePINMethod {
        guard let method = try await store.method(ofUser: user.id) else {
            throw GraphError.notFound("The user's qrCodePinMethod")
        }
        return method
    }

    private func createMethod(_ request: MethodRequest, for user: User, by context: CallContext) async throws -> (
        QRCodePINMethod, GraphImage, PIN
    ) {
        guard let asked = request.standardQRCode, request.temporaryQRCode == nil else {
            throw GraphError.badRequest("standardQRCodeRequired", "Give standardQRCode, and no temporaryQRCode.")
        }
        let now = now()
        let policy = try await store.policy()
        let pin =
            try request.pin?.code.map { try Self.chosenPIN(Self.pin($0), length: policy.pinLength) }
            ?? Self.randomPIN(policy.pinLength)
        let window = try Lifetime.window(.standard, asked, policy, at: now)
        let (code, image) = try Badge.issue(.standard, to: user, in: window, at: now)
        let made = QRCodePINMethod(
            id: UUID().uuidString.lowercased(), userID: user.id, created: now, standardCode: code,
            pin: StoredPIN(
                hash: try await pins.withPlace { try await pins.hash(pin) }, length: pin.length, mustChange: true, created: now,
                updated: now))
        do {
            try await recording(.createMethod, .user(user), code.audit, by: context).create(made, at: now)
        } catch StoreError.activeExists {
            throw GraphError.badRequest("tooManyQRCodePinMethod", "The user has an active method. Delete it first.")
        }
        return (made, image, pin)
    }

    /// Changes the expiry of an active standard code, or creates a code where none is active (Graph contract §4.3, §4.4).
    private func patch(_ kind: Code.Kind, of user: User, as asked: CodeRequest, by context: CallContext) async throws -> Response
    {
        let now = now()
        let active = try await method(of: user).code(kind).flatMap { $0.expire > now ? $0 : nil }
        if var code = active {
            // The start comes back with at most the digits that were answered: milliseconds.
            let isUpdate = asked.startDateTime.map { abs($0.timeIntervalSince(code.start)) < 0.001 } ?? true
            guard kind == .standard, isUpdate, let expire = asked.expireDateTime else {
                throw GraphError.badRequest("ActiveQRCodeExisted", "An active code exists. Delete it first.")
            }
            let asked = CodeRequest(startDateTime: code.start, expireDateTime: expire)
            let window = try await Lifetime.window(kind, asked, store.policy(), at: now)
            code.expire = window.expiry
            try await recording(.updateCode, .user(user), code.audit, by: context).setExpiry(ofCode: code.id, to: code.expire)
            return try Response.json(code.graph())
        }
        let window = try await Lifetime.window(kind, asked, store.policy(), at: now)
        let (code, image) = try Badge.issue(kind, to: user, in: window, at: now)
        do {
            try await recording(.createCode, .user(user), code.audit, by: context).create(code, forUser: user.id, at: now)
        } catch StoreError.activeExists {
            throw GraphError.badRequest("ActiveQRCodeExisted", "An active code exists. Delete it first.")
        }
        return try Response.json(code.graph(image), status: .created)
    }

    private func resetPIN(of user: User, by context: CallContext) async throws -> Response {
        let (now, method) = (now(), try await method(of: user))
        let pin = try await Self.randomPIN(store.policy().pinLength)
        var stored = method.pin ?? StoredPIN(hash: "", length: 0, mustChange: true, created: now, updated: now)
        stored.hash = try await pins.withPlace { try await pins.hash(pin) }
        stored.length = pin.length
        stored.mustChange = true
        stored.updated = now
        try await recording(.resetPIN, .user(user), by: context).setPIN(stored, ofUser: user.id)
        return try Response.json(stored.graph(pin), status: .created)
    }

    static func chosenPIN(_ code: Result<PIN, PINError>, length: Int) throws -> PIN {
        do {
            let pin = try code.get()
            if let weakness = pin.weakness(minimumLength: length) {
                let isShort = weakness == .tooShort(minimum: length)
                throw GraphError.badRequest(isShort ? "pinTooShort" : "invalidPin", weakness.description)
            }
            return pin
        } catch let error as PINError {
            if case .length(let length) = error, length > 20 { throw GraphError.badRequest("invalidPin", error.description) }
            throw GraphError.badRequest("pinTooShort", error.description)
        }
    }

    private static func pin(_ digits: String) -> Result<PIN, PINError> {
        Result { () throws(PINError) in try PIN(digits: digits) }
    }

    /// Random digits that are not easy to guess.
    static func randomPIN(_ length: Int) throws -> PIN {
        while true {
            let pin = try PIN(digits: String((0..<length).map { _ in "0123456789".randomElement() ?? "0" }))
            if pin.weakness() == nil { return pin }
        }
    }
}

extension Operation {
    private static let projection: [QueryParameter] = [.select, .expand]

    static let createMethod = Operation(
        "Creates the method with a standard code and a PIN; both leave in this answer alone.", body: "methodRequest",
        answers: [201: "qrCodePinAuthenticationMethod"])
    static let readMethod = Operation(
        "Reads the method with its codes and PIN, without their secrets.", query: projection,
        answers: [200: "qrCodePinAuthenticationMethod"])
    static let deleteMethod = Operation("Deletes the method with its codes and PIN.", answers: [204: nil])
    static let listMethods = Operation(
        "Lists the authentication methods.", query: projection, answers: [200: "authenticationMethods"])
    static let readListedMethod = Operation(
        "Reads an authentication method.", query: projection, answers: [200: "qrCodePinAuthenticationMethod"])
    static let readCode = Operation("Reads the code, without its image.", query: projection, answers: [200: "qrCode"])
    static let changeStandardCode = Operation(
        "Changes the expiry of the active code (200); creates one where none is active (201).", body: "codeRequest",
        answers: [200: "qrCode", 201: "qrCode"])
    static let createTemporaryCode = Operation(
        "Creates a temporary code where none is active.", body: "codeRequest", answers: [201: "qrCode"])
    static let deleteCode = Operation("Revokes the code.", answers: [204: nil])
    static let readPIN = Operation("Reads the PIN's state.", query: projection, answers: [200: "qrPin"])
    static let resetPIN = Operation(
        "Makes a new PIN, which leaves in this answer alone and must be changed at the next sign-in.", body: "pinReset",
        isBodyRequired: false, answers: [201: "qrPin"])
    static let deletePIN = Operation("Deletes the PIN.", answers: [204: nil])
}
