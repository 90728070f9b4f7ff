/// The schemas of the API's document (JSON Schema 2020-12): what the types of `LifecycleAPI` are on the wire.
enum Schema {
    static func reference(_ name: String) -> JSONValue { ["$ref": "#/components/schemas/\(name)"] }

    static let components: [String: JSONValue] = [
        "document": ["type": "object"],
        "health": object(["status": constant("ok")], optional: ["version": string]),
        "tokenRequest": object([
            "grant_type": constant("client_credentials"), "client_assertion_type": constant(TokenRequest.assertionType),
            "client_assertion": string,
        ]),
        "token": object(["access_token": string, "token_type": constant("Bearer"), "expires_in": integer]),
        "keys": object([
            "keys": list(of: object(["kty": string, "crv": string, "alg": string, "use": string, "kid": string, "x": string]))
        ]),
        "error": object([
            "error": object(
                [
                    "code": string, "message": string,
                    "innerError": object(["date": date, "request-id": string, "client-request-id": string]),
                ],
                optional: ["details": list(of: object(["code": string, "message": string, "target": string]))])
        ]),
    ].merging(method) { first, _ in first }.merging(directory) { first, _ in first }.merging(logs) { first, _ in first }
        .merging(administration) { first, _ in first }.merging(kiosks) { first, _ in first }
        .merging(offline) { first, _ in first }.merging(cards) { first, _ in first }

    // MARK: Words

    static let string: JSONValue = ["type": "string"]
    static let boolean: JSONValue = ["type": "boolean"]
    static let integer: JSONValue = ["type": "integer"]
    static let date: JSONValue = ["type": "string", "format": "date-time"]
    static let base64: JSONValue = ["type": "string", "contentEncoding": "base64"]

    static func constant(_ value: String) -> JSONValue { ["const": .string(value)] }
    static func oneOf(_ values: [String]) -> JSONValue { ["type": "string", "enum": .array(values.map(JSONValue.string))] }
    static func list(of schema: JSONValue) -> JSONValue { ["type": "array", "items": schema] }
    static func nullable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

    /// Every member is there, but for the optional ones.
    static func object(_ properties: [String: JSONValue], optional: [String: JSONValue] = [:]) -> JSONValue {
        [
            "type": "object", "properties": .object(properties.merging(optional) { first, _ in first }),
            "required": .array(properties.keys.sorted().map(JSONValue.string)),
        ]
    }

    static func page(of name: String) -> JSONValue {
        object(["value": list(of: reference(name))], optional: ["@odata.nextLink": string])
    }

    // MARK: The method (Graph contract §3)

    private static let method: [String: JSONValue] = [
        "qrCodePinAuthenticationMethod": object([
            "@odata.type": constant("#microsoft.graph.qrCodePinAuthenticationMethod"), "id": string, "createdDateTime": date,
            "lastUsedDateTime": nullable(date), "standardQRCode": nullable(reference("qrCode")),
            "temporaryQRCode": nullable(reference("qrCode")), "pin": nullable(reference("qrPin")),
        ]),
        "authenticationMethods": page(of: "qrCodePinAuthenticationMethod"),
        "qrCode": object([
            "id": string, "createdDateTime": date, "startDateTime": date, "expireDateTime": date,
            "lastUsedDateTime": nullable(date),
            "image": nullable(reference("qrCodeImageDetails")),
        ]),
        "qrCodeImageDetails": object([
            "binaryValue": base64, "rawContent": base64, "errorCorrectionLevel": oneOf(["l", "m", "q", "h"]),
            "version": ["type": "integer", "minimum": 1, "maximum": 40],
        ]),
        "qrPin": object([
            "id": string, "code": nullable(string), "forceChangePinNextSignIn": boolean, "createdDateTime": date,
            "updatedDateTime": date,
        ]),
        "methodRequest": object(
            ["standardQRCode": reference("codeRequest")],
            optional: [
                "pin": nullable(object([:], optional: ["code": nullable(["type": "string", "pattern": "^[0-9]{8,20}$"])])),
                "temporaryQRCode": ["type": "null"],
            ]),
        "codeRequest": object([:], optional: ["startDateTime": nullable(date), "expireDateTime": nullable(date)]),
        "pinReset": object([:]),
        "updatePin": object(["currentPin": string, "newPin": ["type": "string", "pattern": "^[0-9]{8,20}$"]]),
    ]

    // MARK: Users and the policy

    private static let target = object(["targetType": oneOf(["user", "group"]), "id": string])
    private static let policyMembers: [String: JSONValue] = [
        "state": oneOf(["enabled", "disabled"]), "pinLength": ["type": "integer", "minimum": 8, "maximum": 20],
        "standardQRCodeLifetimeInDays": ["type": "integer", "minimum": 1, "maximum": 395], "excludeTargets": list(of: target),
    ]
    private static let policyType: JSONValue = oneOf([
        "#microsoft.graph.qrCodePinAuthenticationMethodConfiguration",
        "microsoft.graph.qrCodePinAuthenticationMethodConfiguration",
    ])

    private static let directory: [String: JSONValue] = [
        "qrCodePinAuthenticationMethodConfiguration": object(
            policyMembers.merging([
                "@odata.type": policyType, "id": string, "includeTargets@odata.context": string,
                "includeTargets": list(
                    of: object([
                        "targetType": oneOf(["user", "group"]), "id": string, "isRegistrationRequired": boolean,
                    ])),
            ]) { first, _ in first }),
        "policyRequest": object(
            [:],
            optional: policyMembers.merging(["@odata.type": policyType, "includeTargets": list(of: target)]) { first, _ in first }
                .mapValues(nullable)),
        "user": object(
            ["id": string, "userPrincipalName": string, "displayName": string, "accountEnabled": boolean],
            optional: ["@odata.type": constant("#microsoft.graph.user")]),
        "users": page(of: "user"),
        "newUser": object(
            ["userPrincipalName": ["type": "string", "minLength": 1, "maxLength": 113], "displayName": string],
            optional: ["accountEnabled": nullable(boolean)]),
        "userChange": object(
            [:],
            optional: [
                "userPrincipalName": nullable(["type": "string", "minLength": 1, "maxLength": 113]),
                "displayName": nullable(string), "accountEnabled": nullable(boolean),
            ]),
    ]

    // MARK: The logs (Graph contract §10)

    private static let logs: [String: JSONValue] = [
        "signIn": object([
            "id": string, "correlationId": string, "createdDateTime": date, "receivedDateTime": date, "userId": nullable(string),
            "userPrincipalName": nullable(string), "userDisplayName": nullable(string), "signInIdentifier": nullable(string),
            "signInIdentifierType": constant("qrCode"), "clientAppUsed": string,
            "authenticationRequirement": constant("singleFactorAuthentication"), "isInteractive": boolean,
            "authenticationDetails": list(
                of: object([
                    "authenticationMethod": string, "authenticationMethodDetail": nullable(string),
                    "authenticationStepDateTime": date, "authenticationStepRequirement": string,
                    "authenticationStepResultDetail": string, "succeeded": boolean,
                ])),
            "status": object([
                "errorCode": integer, "failureReason": nullable(string), "additionalDetails": nullable(string),
            ]),
            "deviceDetail": object(["deviceId": string, "displayName": string]), "result": string,
            "qrCodeId": nullable(string), "kioskSequence": integer, "clockTrusted": boolean,
            "verifiedOffline": boolean,
        ]),
        "signIns": page(of: "signIn"),
        "directoryAudit": object([
            "id": string, "activityDateTime": date, "activityDisplayName": string, "category": string, "operationType": string,
            "correlationId": string, "loggedByService": string, "result": string, "resultReason": string,
            "initiatedBy": object([
                "app": nullable(object(["appId": string, "displayName": string])),
                "user": nullable(object(["id": string, "displayName": string, "userPrincipalName": string])),
            ]),
            "targetResources": list(
                of: object(["id": string, "displayName": string, "type": string, "userPrincipalName": nullable(string)])),
            "additionalDetails": list(of: object(["key": string, "value": string])),
        ]),
        "directoryAudits": page(of: "directoryAudit"),
    ]

    // MARK: Groups, and what Graph does not have

    private static let groupMembers: [String: JSONValue] = [
        "displayName": ["type": "string", "minLength": 1], "description": nullable(string), "securityEnabled": nullable(boolean),
        "mailEnabled": nullable(boolean), "groupTypes": nullable(list(of: string)),
    ]

    private static let administration: [String: JSONValue] = [
        "group": object([
            "@odata.type": constant("#microsoft.graph.group"), "id": string, "displayName": string,
            "description": nullable(string),
            "createdDateTime": date, "securityEnabled": boolean, "mailEnabled": boolean, "groupTypes": list(of: string),
        ]),
        "groups": page(of: "group"),
        "newGroup": object(
            ["displayName": ["type": "string", "minLength": 1]],
            optional: groupMembers.filter { $0.key != "displayName" }),
        "groupChange": object([:], optional: groupMembers.mapValues(nullable)),
        "memberReference": object(["@odata.id": string]),
        "userList": string,
        "importResult": object([
            "total": integer, "created": integer, "updated": integer, "unchanged": integer, "groupsCreated": integer,
        ]),
        "expiringCode": object([
            "userId": string, "userPrincipalName": string, "displayName": string, "accountEnabled": boolean, "qrCodeId": string,
            "kind": oneOf(["standard", "temporary"]), "startDateTime": date, "expireDateTime": date, "daysLeft": integer,
        ]),
        "expiringCodes": page(of: "expiringCode"),
        "bulkRequest": object(
            ["id": ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"], "action": oneOf(["issue", "rotate", "revoke"])],
            optional: [
                "group": nullable(string), "userPrincipalNames": nullable(list(of: string)), "csv": nullable(string),
                "startDateTime": nullable(date), "expireDateTime": nullable(date),
            ]),
        "bulkStatus": object([
            "id": string, "action": oneOf(["issue", "rotate", "revoke"]), "createdDateTime": date, "total": integer,
            "pending": integer, "issued": integer, "done": integer, "failed": integer,
            "errors": list(of: object(["userPrincipalName": string, "code": string, "message": string])),
        ]),
        "bulkNext": object([:], optional: ["saved": nullable(list(of: string)), "resume": nullable(boolean)]),
        "bulkSlice": object([
            "badges": list(
                of: object(
                    [
                        "userPrincipalName": string, "displayName": string, "qrCodeId": string, "startDateTime": date,
                        "expireDateTime": date, "image": reference("qrCodeImageDetails"),
                    ],
                    optional: ["pin": string])),
            "stale": list(of: string), "status": reference("bulkStatus"),
        ]),
        "sessionLink": object(["url": string, "expireDateTime": date]),
        "sessionRequest": object(["code": string]),
        "session": object(["clientId": string, "roles": list(of: string), "csrfToken": string, "expireDateTime": date]),
        "resultCodes": object(["value": list(of: object(["result": string, "errorCode": integer, "description": string]))]),
    ]
}
