import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `POST /admin/v1/users/import`: people from comma-separated values.
extension LifecycleService {
    func addImportRoutes(to api: API) {
        api.resource("admin/v1/users/import", .users).post(.importUsers) { request, context in
            let creatingGroups = try request.queryOptions()["createGroups"] == "true"
            let list = try await list(request)
            // Who is in a group may be who may sign in.
            if list.entries.contains(where: { !$0.groups.isEmpty }) {
                try context.require(creatingGroups ? Access.groups.changing : Access.groupMembers.changing)
            }
            do {
                let recorded = recording(.importUsers, .importedList, ["lines": "\(list.entries.count)"], by: context)
                return try Response.json(await recorded.take(list.entries, creatingGroups: creatingGroups, at: now()))
            } catch let error as UserListError {
                throw GraphError(error)
            }
        }
    }

    private func list(_ request: Request) async throws -> UserList {
        guard request.headers[.contentType]?.lowercased().hasPrefix("text/csv") == true else {
            throw GraphError(status: .unsupportedMediaType, code: "invalidRequest", message: "Send the list as text/csv.")
        }
        let body = try await request.body.collect(upTo: Request.largestList)
        guard let csv = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw GraphError.badRequest("invalidRequest", "The list is not in UTF-8.")
        }
        do {
            return try UserList(csv: csv, problem: BadgePayload.problem(withUserPrincipalName:))
        } catch {
            throw GraphError(error)
        }
    }
}

extension Request {
    /// A list of some 100,000 people.
    static let largestList = 8 << 20
}

extension GraphError {
    /// At most 100 lines are named.
    init(_ error: UserListError) {
        self.init(
            status: .badRequest, code: "invalidList",
            message: "Nothing was taken: \(error.problems.count) lines are wrong. \(error.problems.first?.description ?? "")",
            details: error.problems.prefix(100).map {
                GraphErrorBody.More(code: "invalidLine", message: $0.message, target: "line \($0.line)")
            })
    }
}

extension AuditRecord.Target {
    static let importedList = AuditRecord.Target(.other, id: "users/import", name: "A list of people")
}

extension Operation {
    static let importUsers = Operation(
        "Adds and changes people from a list with the columns userPrincipalName, displayName, groups, accountEnabled; all or none.",
        body: "userList", bodyType: "text/csv", query: [QueryParameter(name: "createGroups", schema: Schema.boolean)],
        answers: [200: "importResult"], refusals: [415])
}
