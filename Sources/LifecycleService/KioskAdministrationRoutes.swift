import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/admin/v1/kiosks` and `/admin/v1/alerts`.
extension LifecycleService {
    func addKioskAdministrationRoutes(to api: API) {
        let kiosks = api.resource("admin/v1/kiosks", .kiosks)
        kiosks.get(.listKiosks) { request, _ in try await list(request) }
        let kiosk = kiosks.resource("{id}")
        kiosk.get(.readKiosk) { _, context in try Response.json(try await self.kiosk(context).answer) }
        kiosk.patch(.changeKiosk) { request, context in try await change(request.json(KioskChange.self), context) }
        kiosk.resource("revoke").post(.revokeKiosk) { _, context in
            let kiosk = try await self.kiosk(context)
            // Once more is the same.
            _ = try await recording(.revokeKiosk, kiosk.target, by: context).revoke(kioskID: kiosk.id, at: now())
            return Response(status: .noContent)
        }
        kiosk.resource("chain", .chain).get(.readChain) { request, context in try await chain(request, context) }
        api.resource("admin/v1/checkpointKeys", .chain).get(.listCheckpointKeys) { _, _ in try Response.json(issuer.jwks()) }
        addAlertRoutes(to: api.resource("admin/v1/alerts", .kiosks))
    }

    private func addAlertRoutes(to alerts: Resource) {
        alerts.get(.listAlerts) { request, _ in
            let asked = try ListQuery(request, options: [.top])
            guard let acknowledged = Bool(String(request.uri.queryParameters["acknowledged"] ?? "false")) else {
                throw GraphError.badRequest("invalidRequest", "acknowledged is true or false.")
            }
            return try Response.json(
                GraphPage(value: try await store.alerts(acknowledged: acknowledged, limit: asked.top).map(\.answer)))
        }
        alerts.resource("{id}/acknowledge").post(.acknowledgeAlert) { _, context in
            let id = try context.parameters.require("id").lowercased()
            let recorded = recording(.acknowledgeAlert, .init(.other, id: id, name: id), by: context)
            guard try await recorded.acknowledgeAlert(id, by: context.caller, at: now()) else {
                throw GraphError.notFound("The open alert")
            }
            return Response(status: .noContent)
        }
    }

    private func kiosk(_ context: CallContext) async throws -> Kiosk {
        guard let kiosk = try await store.kiosk(context.parameters.require("id")) else { throw GraphError.notFound("The kiosk") }
        return kiosk
    }

    private func change(_ asked: KioskChange, _ context: CallContext) async throws -> Response {
        let kiosk = try await kiosk(context)
        let name = try asked.displayName.map(Self.kioskName) ?? kiosk.displayName
        let group = try asked.group.map(Self.kioskGroup) ?? kiosk.group
        _ = try await recording(.updateKiosk, kiosk.target, ["displayName": name, "group": group ?? ""], by: context)
            .update(kioskID: kiosk.id, displayName: name, group: group)
        return Response(status: .noContent)
    }

    private func list(_ request: Request) async throws -> Response {
        let asked = try ListQuery(request, options: [.top, .skiptoken])
        let kiosks = try await store.kiosks(after: asked.place(), limit: asked.top + 1)
        return try await Response.json(
            asked.page(kiosks, at: "/admin/v1/kiosks", place: { $0.id }, { $0.answer }))
    }

    private func chain(_ request: Request, _ context: CallContext) async throws -> Response {
        let asked = try ListQuery(request, options: [.top, .skiptoken])
        let kiosk = try await kiosk(context)
        let found = try await store.chain(ofKiosk: kiosk.id, after: asked.place(), limit: asked.top + 1)
        let page = try await asked.page(
            found, at: request.uri.path, place: { ChainPlace(sequence: $0.kioskSequence, id: $0.id) }, { $0.reported })
        return try Response.json(
            ChainAnswer(value: page.value.compactMap { $0 }, checkpoint: kiosk.checkpoint, nextLink: page.nextLink))
    }
}

extension Kiosk {
    var target: AuditRecord.Target { AuditRecord.Target(.device, id: id, name: displayName) }

    var answer: KioskAnswer {
        KioskAnswer(
            id: id, displayName: displayName, group: group, enrolledDateTime: enrolled, revokedDateTime: revoked,
            lastSeenDateTime: lastSeen, health: health, lastSequence: chain.sequence)
    }
}

extension Alert {
    var answer: AlertAnswer {
        AlertAnswer(
            id: id, kind: kind, kioskId: kioskID, userId: userID, qrCodeId: codeID, detail: detail, firstDateTime: first,
            lastDateTime: last, count: count, acknowledgedDateTime: acknowledged, acknowledgedBy: acknowledgedBy)
    }
}

extension Operation {
    static let listKiosks = Operation(
        "Lists the kiosks and how they are.", query: [.top(1000), .skipToken], answers: [200: "kiosks"])
    static let readKiosk = Operation("Reads a kiosk.", answers: [200: "kiosk"])
    static let changeKiosk = Operation(
        "Renames a kiosk, or puts it into a group.", body: "kioskChange", answers: [204: nil])
    static let revokeKiosk = Operation("Refuses a kiosk from now on.", answers: [204: nil])
    static let readChain = Operation(
        "Lists a kiosk's events in the order of their numbers, with their hashes.", query: [.top(1000), .skipToken],
        answers: [200: "chain"])
    static let listCheckpointKeys = Operation(
        "The keys that checkpoints are or were signed with.", answers: [200: "keys"])
    static let listAlerts = Operation(
        "Lists the alerts that wait, or those that were acknowledged.",
        query: [QueryParameter(name: "acknowledged", schema: Schema.boolean), .top(1000)], answers: [200: "alerts"])
    static let acknowledgeAlert = Operation("Acknowledges an alert.", answers: [204: nil])
}

extension Schema {
    static let kiosks: [String: JSONValue] = [
        "enrolmentCodeRequest": object(
            ["displayName": string],
            optional: [
                "group": nullable(string),
                "lifetimeInMinutes": nullable(["type": "integer", "minimum": 1, "maximum": 10_080]),
            ]),
        "enrolmentCode": object(
            ["id": string, "displayName": string, "createdDateTime": date, "expireDateTime": date],
            optional: ["group": string, "code": string]),
        "enrolmentCodes": page(of: "enrolmentCode"),
        "kiosk": object(
            ["id": string, "displayName": string, "lastSequence": integer],
            optional: [
                "group": string, "enrolledDateTime": date, "revokedDateTime": date, "lastSeenDateTime": date,
                "health": reference("kioskHealth"),
            ]),
        "kioskHealth": object(
            [
                "version": string, "camera": string, "outboxDepth": integer, "scannerCrashes": integer, "clockTrusted": boolean,
                "dateTime": date,
            ], optional: ["clockOffsetMilliseconds": integer, "offlineEntries": nullable(integer)]),
        "kiosks": page(of: "kiosk"),
        "enrolmentRequest": object(["code": string, "publicKey": string, "proof": string], optional: ["name": nullable(string)]),
        "enrolment": object(["clientId": string, "displayName": string, "issuer": string]),
        "keyChange": object(["publicKey": string, "proof": string]),
        "nonce": object(["nonce": string, "serverDateTime": date]),
        "signInStart": object(
            [
                "id": string, "userPrincipalName": string, "qrCodeId": string, "nonce": string, "proofMilliseconds": integer,
                "proof": string,
            ], optional: ["cardMessage": nullable(string)]),
        "signInStarted": object(
            ["id": string, "result": string],
            optional: [
                "startDateTime": date, "expireDateTime": date, "pinLength": integer, "mustChangePin": boolean,
                "lockedUntilDateTime": date,
            ]),
        "pinSubmission": object(["pin": string]),
        "newPinSubmission": object(["newPin": string]),
        "pinVerdict": object(
            ["id": string, "result": string],
            optional: [
                "lockedUntilDateTime": date, "assertion": string, "reason": string, "offline": reference("offlineGrant"),
            ]),
        "signInEventBatch": object(["events": list(of: reference("chainedEvent"))]),
        "signInEventReceipt": object(["accepted": list(of: string)], optional: ["checkpoint": string]),
        "changeFeed": object(
            [
                "number": integer,
                "changes": list(
                    of: object(
                        ["number": integer, "kind": string],
                        optional: [
                            "qrCodeId": string, "userId": string, "kioskId": string, "startDateTime": date,
                            "expireDateTime": date,
                        ])),
            ], optional: ["offlinePolicy": reference("offlinePolicy")]),
        "kioskChange": object([:], optional: ["displayName": nullable(string), "group": nullable(string)]),
        "chainedEvent": object(
            [
                "id": string, "kioskSequence": integer, "occurredDateTime": date, "result": string, "clockTrusted": boolean,
                "previousHash": string, "hash": string,
            ], optional: ["userPrincipalName": string, "qrCodeId": string, "verifiedOffline": boolean]),
        "chain": object(
            ["value": list(of: reference("chainedEvent"))], optional: ["checkpoint": string, "@odata.nextLink": string]),
        "alert": object(
            ["id": string, "kind": string, "detail": string, "firstDateTime": date, "lastDateTime": date, "count": integer],
            optional: [
                "kioskId": string, "userId": string, "qrCodeId": string, "acknowledgedDateTime": date, "acknowledgedBy": string,
            ]),
        "alerts": page(of: "alert"),
    ]
}
