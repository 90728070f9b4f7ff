import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore
import SecureDynamicMessaging

/// `/admin/v1/users/{user}/standardQRCode/card` and the same of the temporary code: the card without which a copy of the badge is worth nothing.
extension LifecycleService {
    func addCardRoutes(to api: API) {
        for kind in [Code.Kind.standard, .temporary] {
            let card = api.resource("admin/v1/users/{user}/\(kind)QRCode/card", .card)
            card.get(.readCard) { _, context in try await Response.json(self.card(kind, context).card.answer) }
            card.put(.bindCard) { request, context in
                try await bind(request.json(CardBindingRequest.self), kind, context)
            }
            card.patch(.changeCard) { request, context in
                let isRequired = try await request.json(CardBindingChange.self).isRequired
                var (user, card) = try await self.card(kind, context)
                card.isRequired = isRequired
                let recorded = recording(.updateCard, .user(user), card.audit, by: context)
                guard try await recorded.requireCard(isRequired, ofCode: card.codeID, user: user.id) else {
                    throw GraphError.notFound("The card")
                }
                return try Response.json(card.answer)
            }
            card.delete(.unbindCard) { _, context in
                let (user, card) = try await self.card(kind, context)
                let recorded = recording(.unbindCard, .user(user), card.audit, by: context)
                guard try await recorded.unbindCard(ofCode: card.codeID, user: user.id) else {
                    throw GraphError.notFound("The card")
                }
                return Response(status: .noContent)
            }
        }
    }

    private func code(_ kind: Code.Kind, _ context: CallContext) async throws -> (user: User, code: Code) {
        let user = try await user(context)
        guard let code = try await store.method(ofUser: user.id)?.code(kind) else {
            throw GraphError.notFound("The \(kind)QRCode")
        }
        return (user, code)
    }

    private func card(_ kind: Code.Kind, _ context: CallContext) async throws -> (user: User, card: BoundCard) {
        let (user, code) = try await code(kind, context)
        guard let card = try await store.card(ofCode: code.id) else { throw GraphError.notFound("The card") }
        return (user, card)
    }

    /// The card proves with a message that the keys are its own; the number that it tells is the one that is bound.
    private func bind(_ asked: CardBindingRequest, _ kind: Code.Kind, _ context: CallContext) async throws -> Response {
        let (user, code) = try await code(kind, context)
        guard let keys = CardKeys(metaRead: asked.metaReadKey, fileRead: asked.fileReadKey) else {
            throw GraphError.badRequest("invalidCardKeys", "metaReadKey and fileReadKey are 32 hexadecimal digits each.")
        }
        guard !keys.areFactoryKeys else {
            throw GraphError.badRequest(
                "invalidCardKeys",
                "A key of zeros is that of every new card, so a copy could be made. Give the card keys of its own.")
        }
        guard let message = DynamicMessage(asked.message) else {
            throw GraphError.badRequest("invalidCardMessage", "message is what the card mirrors, as e=…&c=… (NXP AN12196).")
        }
        guard let reading = keys.reading(of: message) else {
            throw GraphError.badRequest(
                "invalidCardMessage", "The card's message is not by these keys. Are they its SDMMetaRead and SDMFileRead keys?")
        }
        let card = BoundCard(
            uid: reading.uid, codeID: code.id, sealedKeys: try cards.seal(keys, uid: reading.uid),
            isRequired: asked.isRequired ?? true, counter: reading.counter, bound: now())
        do {
            try await recording(.bindCard, .user(user), card.audit, by: context)
                .bind(card, ofUser: user.id) { [cards] in cards.open($0, uid: reading.uid) == keys }
        } catch StoreError.activeExists {
            throw GraphError(
                status: .conflict, code: "cardInUse", message: "Another code is bound to this card. Unbind it there first.")
        } catch StoreError.replayed {
            throw GraphError(status: .conflict, code: "cardMessageUsed", message: "\(StoreError.replayed)")
        }
        return try Response.json(card.answer)
    }
}

extension BoundCard {
    var answer: CardBindingAnswer {
        CardBindingAnswer(
            qrCodeId: codeID, cardNumber: CardReading.number(ofUID: uid), isRequired: isRequired, readCounter: counter,
            boundDateTime: bound)
    }

    fileprivate var audit: [String: String] {
        ["qrCodeId": codeID, "cardNumber": CardReading.number(ofUID: uid), "isRequired": "\(isRequired)"]
    }
}

extension Operation {
    static let readCard = Operation("Reads which card the code is bound to, without its keys.", answers: [200: "cardBinding"])
    static let bindCard = Operation(
        "Binds the code to an NTAG 424 DNA card, in place of the one before.", body: "cardBindingRequest",
        answers: [200: "cardBinding"], refusals: [409])
    static let changeCard = Operation(
        "Says whether the code signs nobody in without its card.", body: "cardBindingChange", answers: [200: "cardBinding"])
    static let unbindCard = Operation("Frees the code of its card.", answers: [204: nil])
}

extension Schema {
    private static let key: JSONValue = ["type": "string", "pattern": "^[0-9A-Fa-f]{32}$"]

    static let cards: [String: JSONValue] = [
        "cardBindingRequest": object(
            ["metaReadKey": key, "fileReadKey": key, "message": string], optional: ["isRequired": nullable(boolean)]),
        "cardBindingChange": object(["isRequired": boolean]),
        "cardBinding": object([
            "qrCodeId": string, "cardNumber": string, "isRequired": boolean, "readCounter": integer, "boundDateTime": date,
        ]),
    ]
}
