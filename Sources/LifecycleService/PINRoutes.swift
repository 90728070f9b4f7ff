import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `updatePin`: a person changes their own PIN (Graph contract §4.7). Where the sources name two methods or two places, all are served.
extension LifecycleService {
    func addUpdatePINRoutes(to method: Resource) {
        for resource in [method.resource("pin/updatePin", .updatePIN), method.resource("updatePin", .updatePIN)] {
            resource.patch(.updatePIN, use: updatePIN)
            resource.post(.updatePIN, use: updatePIN)
        }
    }

    @Sendable private func updatePIN(_ request: Request, _ context: CallContext) async throws -> Response {
        let user = try await user(context)
        try request.requireJSON()
        let typed = try await request.pins()
        guard let current = typed["currentPin"], let asked = typed["newPin"] else {
            throw GraphError.badRequest("invalidRequest", "Give currentPin and newPin, as strings.")
        }
        return try await pins.withPlace {
            try await updatePIN(of: user, from: current, to: asked, context)
        }
    }

    private func updatePIN(
        of user: User, from typed: Result<PIN, PINError>, to asked: Result<PIN, PINError>, _ context: CallContext
    ) async throws -> Response {
        let now = now()
        guard let method = try await store.method(ofUser: user.id), var pin = method.pin else {
            throw GraphError.notFound("The pin")
        }
        let new = try await Self.chosenPIN(asked, length: store.policy().pinLength)
        let codeID = method.standardCode?.id ?? method.temporaryCode?.id ?? method.id
        // Counted as at a kiosk, so that a stolen token does not try all PINs.
        let (kiosk, current) = ("\(Self.updatePIN)/\(user.id)", try? typed.get())
        let fingerprint = current.map { pins.fingerprint($0, codeID: codeID) }
        if case .locked(let until) = try await store.takeGuess(
            codeID: codeID, kioskID: kiosk, fingerprint: fingerprint, at: now)
        {
            try await pins.pretend(current)
            throw GraphError.badRequest(
                "\(ResultCode.lockedOut)", "Too many wrong PINs. Try again after \(WireJSON.string(from: until)).")
        }
        guard let current, try await pins.verify(current, against: pin.hash) else {
            try await store.guessedWrong(codeID: codeID, kioskID: kiosk, fingerprint: fingerprint, at: now)
            throw GraphError.badRequest("invalidPin", "currentPin is not the PIN.")
        }
        try await store.guessedRight(codeID: codeID, kioskID: kiosk, at: now)
        guard !new.matches(current) else {
            throw GraphError.badRequest("invalidPin", "The new PIN must differ from the old one.")
        }
        pin.hash = try await pins.hash(new)
        pin.length = new.length
        pin.mustChange = false
        pin.updated = now
        try await recording(.changePIN, .user(user), by: context).setPIN(pin, ofUser: user.id)
        return Response(status: .noContent)
    }

    /// Stands, with the person's id, for the kiosk in the count of guesses: one for all would cool down for all.
    private static let updatePIN = "pin/updatePin"
}

extension Operation {
    static let updatePIN = Operation(
        "Changes the PIN of the person who asks.", body: "updatePin", answers: [204: nil], refusals: [400])
}
