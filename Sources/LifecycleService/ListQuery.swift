import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// The query options of a list: `$filter`, `$orderby`, `$top` and `$skiptoken`.
struct ListQuery {
    let top: Int
    private let request: Request
    private let parameters: Parameters

    enum Option: String, CodingKey, CaseIterable {
        case filter = "$filter"
        case top = "$top"
        case orderby = "$orderby"
        case skiptoken = "$skiptoken"
    }

    private struct Parameters: Codable {
        var filter: String?
        var top: Int?
        var orderby: String?
        var skiptoken: String?

        typealias CodingKeys = Option
    }

    /// Throws a ``GraphError`` for an option that the list does not have, and for a `$top` beyond `most`.
    init(_ request: Request, options: [Option] = Option.allCases, most: Int = 1000) throws {
        for name in try request.queryOptions().keys
        where name.hasPrefix("$") && name != "$select" && !options.contains(where: { $0.rawValue == name }) {
            let list = (options.map(\.rawValue) + ["$select"]).joined(separator: ", ")
            throw GraphError.badRequest("invalidRequest", "\(name) is not supported here: use \(list).")
        }
        guard let parameters = try? URLEncodedFormDecoder().decode(Parameters.self, from: request.uri.query ?? ""),
            (1...most).contains(parameters.top ?? 100)
        else { throw GraphError.badRequest("invalidRequest", "$top is a number from 1 to \(most).") }
        self.request = request
        self.parameters = parameters
        top = parameters.top ?? 100
    }

    func filter<Filter>(_ parse: (String) throws(ODataFilterError) -> Filter) throws -> Filter? {
        do {
            return try parameters.filter.map { try parse($0) }
        } catch {
            throw GraphError.badRequest("invalidRequest", "\(error)")
        }
    }

    /// The part of a log, by the member that holds the time; one more than is shown tells whether there is a next page.
    func range(by member: String) throws -> LogRange {
        var range = LogRange(after: try place())
        switch parameters.orderby {
        case nil, "\(member) desc": range.isAscending = false
        case member, "\(member) asc": range.isAscending = true
        default: throw GraphError.badRequest("invalidRequest", "$orderby is \(member), with asc or desc.")
        }
        range.limit = top + 1
        return range
    }

    /// Behind what the page starts; nil on the first.
    func place<Place: Decodable>() throws -> Place? {
        try parameters.skiptoken.map { token in
            guard let bytes = Base64URL.decode(token), let place = try? WireJSON.decode(Place.self, from: Data(bytes)) else {
                throw GraphError.badRequest("invalidRequest", "$skiptoken is not one that @odata.nextLink gave.")
            }
            return place
        }
    }

    /// The page of what was found, which is one more than is shown when there is a next page.
    func page<Found, Element>(
        _ found: [Found], at path: String, place: (Found) -> some Encodable, _ shown: (Found) async throws -> Element
    ) async throws -> GraphPage<Element> {
        var page = GraphPage<Element>(value: [])
        for entry in found.prefix(top) { page.value.append(try await shown(entry)) }
        if found.count > top, let last = found.prefix(top).last {
            var next = parameters
            next.skiptoken = Base64URL.encode([UInt8](try WireJSON.encode(place(last))))
            let others = request.uri.queryParameters.filter { Option(rawValue: String($0.key)) == nil }.map {
                (String($0.key), String($0.value))
            }
            let encoder = URLEncodedFormEncoder()
            let options = [try encoder.encode(next), try encoder.encode(Dictionary(others) { $1 })].filter { !$0.isEmpty }
            page.nextLink = "\(request.address)\(path)?\(options.joined(separator: "&"))"
        }
        return page
    }
}

extension ODataFilter.Comparison {
    var range: LogRange.Comparison {
        switch self {
        case .eq, .ne: .equal
        case .gt: .after
        case .ge: .notBefore
        case .lt: .before
        case .le: .notAfter
        }
    }
}
