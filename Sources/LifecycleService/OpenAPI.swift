import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI

/// What an operation does, for the API's document. Its place and its callers come from where it is registered.
struct Operation: Sendable {
    let summary: String
    /// The name of a schema; nil where the request has no body.
    let body: String?
    let bodyType: String
    let isBodyRequired: Bool
    let query: [QueryParameter]
    /// Success: the schema for each status, or nil for no body.
    let answers: [Int: String?]
    /// Refusals beside those that come with a token, a body, a query or a place in the path.
    let refusals: [Int]

    init(
        _ summary: String, body: String? = nil, bodyType: String = "application/json", isBodyRequired: Bool = true,
        query: [QueryParameter] = [], answers: [Int: String?], refusals: [Int] = []
    ) {
        self.summary = summary
        self.body = body
        self.bodyType = bodyType
        self.isBodyRequired = isBodyRequired
        self.query = query
        self.answers = answers
        self.refusals = refusals
    }

    static let readDocument = Operation("This document.", answers: [200: "document"])
}

struct QueryParameter: Sendable {
    let name: String
    let schema: JSONValue

    static let select = QueryParameter(name: "$select", schema: ["type": "string"])
    static let expand = QueryParameter(name: "$expand", schema: ["type": "string"])
    static let filter = QueryParameter(name: "$filter", schema: ["type": "string"])
    static let orderBy = QueryParameter(name: "$orderby", schema: ["type": "string"])
    static let skipToken = QueryParameter(name: "$skiptoken", schema: ["type": "string"])

    static func top(_ most: Int) -> QueryParameter {
        QueryParameter(name: "$top", schema: ["type": "integer", "minimum": 1, "maximum": .integer(most)])
    }
}

/// The API as an OpenAPI 3.1 document.
enum OpenAPI {
    static func document(_ entries: [API.Entry]) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for entry in entries { paths["/\(entry.path)", default: [:]][entry.method.rawValue.lowercased()] = operation(entry) }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "qrpin lifecycle service", "version": "1.0",
                "description": "Issues, checks and revokes badges, with the API of Microsoft Graph's QR code + PIN method.",
            ],
            "paths": .object(paths.mapValues(JSONValue.object)),
            "components": [
                "schemas": .object(Schema.components),
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
            ],
        ]
    }

    private static func operation(_ entry: API.Entry) -> JSONValue {
        let operation = entry.operation
        let names = entry.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let inPath: [JSONValue] = names.map {
            ["name": .string($0), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
        }
        let inQuery: [JSONValue] = operation.query.map { ["name": .string($0.name), "in": "query", "schema": $0.schema] }
        var object: [String: JSONValue] = [
            "operationId": .string(id(entry)), "summary": .string(operation.summary), "parameters": .array(inPath + inQuery),
            "responses": .object(responses(entry, hasPlace: !names.isEmpty)),
            "security": entry.access == nil ? [] : [["bearer": []]],
        ]
        if let access = entry.access { object["description"] = .string(access.sentence(entry.method)) }
        if let body = operation.body {
            object["requestBody"] = [
                "required": .bool(operation.isBodyRequired), "content": content(operation.bodyType, Schema.reference(body)),
            ]
        }
        return .object(object)
    }

    private static func responses(_ entry: API.Entry, hasPlace: Bool) -> [String: JSONValue] {
        let operation = entry.operation
        var refusals = Set(operation.refusals + [429])
        if entry.access != nil { refusals.formUnion([401, 403]) }
        if operation.body != nil { refusals.formUnion([400, 413]) }
        if operation.body != nil, operation.bodyType == "application/json" { refusals.insert(415) }
        if !operation.query.isEmpty { refusals.insert(400) }
        if hasPlace { refusals.insert(404) }
        if entry.path.split(separator: "/").contains("me") { refusals.formUnion([400, 404]) }
        var responses: [String: JSONValue] = ["5XX": response("The service failed.", "error")]
        for status in refusals { responses["\(status)"] = response(reason(status), "error") }
        for (status, schema) in operation.answers { responses["\(status)"] = response(reason(status), schema) }
        return responses
    }

    private static func response(_ description: String, _ schema: String?) -> JSONValue {
        var response: [String: JSONValue] = ["description": .string(description)]
        if let schema { response["content"] = content("application/json", Schema.reference(schema)) }
        return .object(response)
    }

    private static func content(_ type: String, _ schema: JSONValue) -> JSONValue { .object([type: ["schema": schema]]) }

    private static func reason(_ status: Int) -> String { HTTPResponse.Status(code: status).reasonPhrase }

    /// `patch-beta-users-user-authentication-qrCodePinMethod-pin`.
    private static func id(_ entry: API.Entry) -> String {
        let words = entry.path.split(separator: "/").map { $0.filter { $0.isLetter || $0.isNumber } }
        return ([entry.method.rawValue.lowercased()] + words).joined(separator: "-")
    }
}

extension Access {
    /// Who may call, for the document.
    fileprivate func sentence(_ method: HTTPRequest.Method) -> String {
        func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
        let isReading = method == .get
        let application = list((isReading ? reading : changing).map(\.rawValue))
        let delegated = list((isReading ? delegatedReading : delegatedChanging).map(\.rawValue))
        let roles = (isReading ? readers : writers).map { list($0.map(\.rawValue)) } ?? "not needed"
        return "Application permissions: \(application). Delegated scopes: \(delegated). "
            + "Directory roles for what is not the person's own: \(roles)."
    }
}
