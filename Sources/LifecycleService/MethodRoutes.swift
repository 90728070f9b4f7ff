import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/users/{id or userPrincipalName}/authentication/qrCodePinMethod` and what it contains (Graph contract §2 and §4).
extension LifecycleService {
    func addMethodRoutes(to router: Router<CallContext>) {
        for version in ["beta", "v1.0"] {
            let routes = router.group(RouterPath("\(version)/users/{user}/authentication/qrCodePinMethod"))
                .add(middleware: Requires(Access.method, service: self))
            routes.put { request, context in
                let user = try await user(context)
                let (made, image, pin) = try await createMethod(request.json(MethodRequest.self), for: user, by: context)
                var response = try Response.json(made.graph(standardImage: image, pin: pin), status: .created)
                response.headers[.location] = "/\(version)/users/\(user.id)/authentication/qrCodePinMethod"
                return response
            }
            routes.get { _, context in try await Response.json(method(context).graph()) }
            routes.delete { _, context in
                let user = try await user(context)
                let recorded = recording(.deleteMethod, .user(user), by: context)
                guard try await recorded.deleteMethod(ofUser: user.id, at: now()) else {
                    throw GraphError.notFound("The method")
                }
                return Response(status: .noContent)
            }
            routes.refuseOtherMethods(than: [.get, .put, .delete])
            let list = router.group(RouterPath("\(version)/users/{user}/authentication/methods"))
                .add(middleware: Requires(Access.methods, service: self))
            list.get { _, context in
                let method = try await store.method(ofUser: user(context).id)
                return try Response.json(GraphMethods(value: method.map { [$0.graph()] } ?? []))
            }
            list.refuseOtherMethods(than: [.get])
            for (path, kind) in [("standardQRCode", Code.Kind.standard), ("temporaryQRCode", .temporary)] {
                let code = routes.group(RouterPath(path))
                code.get { _, context in
                    guard let code = try await method(context).code(kind) else { throw GraphError.notFound("The \(path)") }
                    return try Response.json(code.graph())
                }
                code.patch { request, context in
                    try await patch(kind, of: user(context), as: request.json(CodeRequest.self), by: context)
                }
                code.delete { _, context in
                    let user = try await user(context)
                    let recorded = recording(.deleteCode, .user(user), ["kind": kind.rawValue], by: context)
                    guard try await recorded.deleteCode(kind, ofUser: user.id, at: now()) else {
                        throw GraphError.notFound("The \(path)")
                    }
                    return Response(status: .noContent)
                }
                code.refuseOtherMethods(than: [.get, .patch, .delete])
            }
            let pin = routes.group("pin")
            pin.get { _, context in
                guard let pin = try await method(context).pin else { throw GraphError.notFound("The pin") }
                return try Response.json(pin.graph())
            }
            // A given code is ignored: only PUT may choose one (Graph contract §4.6).
            pin.patch { _, context in try await resetPIN(of: user(context), by: context) }
            // No code signs in without a PIN until the next reset.
            pin.delete { _, context in
                let user = try await user(context)
                guard try await recording(.deletePIN, .user(user), by: context).deletePIN(ofUser: user.id) else {
                    throw GraphError.notFound("The pin")
                }
                return Response(status: .noContent)
            }
            pin.refuseOtherMethods(than: [.get, .patch, .delete])
        }
    }

    func user(_ context: CallContext) async throws -> User {
        let segment = try context.parameters.require("user")
        // Clients send the @ of a userPrincipalName as %40 (official-client §3); a URL's path is decoded.
        let key = URL(string: "/" + segment).map { String($0.path.dropFirst()) } ?? segment
        guard let user = try await store.user(key) else { throw GraphError.notFound("The user \(key)") }
        return user
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
            try request.pin?.code.map { try Self.chosenPIN($0, length: policy.pinLength) } ?? Self.randomPIN(policy.pinLength)
        let window = try Lifetime.window(.standard, asked, policy, at: now)
        let (code, image) = try Badge.issue(.standard, to: user, in: window, at: now)
        let made = QRCodePINMethod(
            id: UUID().uuidString.lowercased(), userID: user.id, created: now, standardCode: code,
            pin: StoredPIN(hash: try await pins.hash(pin), length: pin.length, mustChange: true, created: now, updated: now))
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
        stored.hash = try await pins.hash(pin)
        stored.length = pin.length
        stored.mustChange = true
        stored.updated = now
        try await recording(.resetPIN, .user(user), by: context).setPIN(stored, ofUser: user.id)
        return try Response.json(stored.graph(pin), status: .created)
    }

    private static func chosenPIN(_ code: String, length: Int) throws -> PIN {
        do {
            let pin = try PIN(digits: code)
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

    /// Random digits that are not easy to guess.
    static func randomPIN(_ length: Int) throws -> PIN {
        while true {
            let pin = try PIN(digits: String((0..<length).map { _ in "0123456789".randomElement() ?? "0" }))
            if pin.weakness() == nil { return pin }
        }
    }
}
