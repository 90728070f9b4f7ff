import Hummingbird
import LifecycleAPI

/// `$select` and `$expand` of a request (OData 4.01 URL conventions §5.1.3 and §5.1.4). What is expanded is in the answer in any case.
struct Projection {
    /// Nil for all.
    private let members: [String]?

    /// `navigation` names what `$expand` may name. Throws a ``GraphError`` for another name.
    init(_ request: Request, navigation: [String] = []) throws {
        let query = try request.queryOptions()
        let expanded = Self.names(query["$expand"])
        for name in expanded where name != "*" && !navigation.contains(where: { $0.lowercased() == name }) {
            throw GraphError.badRequest(
                "invalidRequest",
                navigation.isEmpty ? "There is nothing to $expand here." : "$expand takes \(navigation.joined(separator: ", ")).")
        }
        let selected = Self.names(query["$select"])
        members =
            selected.isEmpty || selected.contains("*")
            ? nil : selected + (expanded.contains("*") ? navigation.map { $0.lowercased() } : expanded)
    }

    /// Of each entity the members that were asked for, with its annotations; throws a ``GraphError`` for a name that it does not have.
    func response(_ entity: some Encodable) throws -> Response {
        guard members != nil else { return try Response.json(entity) }
        return try Response.json(project(WireJSON.decode(JSONValue.self, from: WireJSON.encode(entity))))
    }

    /// The same for a page of entities.
    func response(page: some Encodable) throws -> Response {
        guard members != nil, case .object(var page) = try WireJSON.decode(JSONValue.self, from: WireJSON.encode(page)),
            case .array(let entities) = page["value"]
        else { return try Response.json(page) }
        page["value"] = .array(try entities.map(project))
        return try Response.json(JSONValue.object(page))
    }

    private func project(_ entity: JSONValue) throws -> JSONValue {
        guard let members, case .object(let object) = entity else { return entity }
        for name in members where !object.keys.contains(where: { $0.lowercased() == name }) {
            throw GraphError.badRequest("invalidRequest", "$select: there is no member \(name).")
        }
        return .object(object.filter { $0.key.hasPrefix("@") || members.contains($0.key.lowercased()) })
    }

    /// The first segment of each name, in lower case; what an expansion has in parentheses is passed over.
    private static func names(_ list: String?) -> [String] {
        var depth = 0
        let flat = (list ?? "").filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")" { depth -= 1 } }
            return depth == 0
        }
        return flat.split(separator: ",").map { $0.prefix { $0 != "/" }.filter { !$0.isWhitespace }.lowercased() }
    }
}

extension Request {
    /// What the query string asks for, by name. Clients escape the `$` of a name, or do not; throws a ``GraphError`` for a name that
    /// comes twice.
    func queryOptions() throws -> [String: String] {
        let options = uri.queryParameters.map { (String($0.key).replacing("%24", with: "$"), String($0.value)) }
        return try Dictionary(options) { _, _ in
            throw GraphError.badRequest("invalidRequest", "Give each query option once.")
        }
    }
}
