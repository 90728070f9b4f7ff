import Credential
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LifecycleAPI
import LifecycleStore

/// `/admin/v1/bulk`: badges issued, rotated or revoked for many people.
///
/// The service keeps no badge key, so a badge must leave in the answer that makes it. Therefore the caller drives: each
/// `POST …/next` does the next people and answers their badges; the caller saves them and says so in the next call. What was answered
/// and never said to be saved is made anew, which revokes what was lost: whoever is done has one badge, and the caller has it.
extension LifecycleService {
    func addBulkRoutes(to api: API) {
        let bulk = api.resource("admin/v1/bulk", .method)
        bulk.post(.startBulk) { request, context in
            try await Response.json(
                start(request.json(BulkRequest.self, upTo: Request.largestList), by: context), status: .accepted)
        }
        let job = bulk.resource("{job}")
        job.get(.readBulk) { _, context in try await Response.json(store.bulkStatus(of: self.job(context))) }
        job.resource("next").post(.continueBulk) { request, context in
            guard let limit = try Int(request.queryOptions()["limit"] ?? "50"), (1...200).contains(limit) else {
                throw GraphError.badRequest("invalidRequest", "limit is a number from 1 to 200.")
            }
            let asked = try await request.json(BulkNext.self, upTo: Request.largestList)
            return try await Response.json(slice(of: self.job(context), limit, asked, by: context))
        }
    }

    private func job(_ context: CallContext) async throws -> BulkJob {
        let id = try context.parameters.require("job")
        guard let job = try await store.bulkJob(id) else { throw GraphError.notFound("The job \(id)") }
        return job
    }

    // MARK: Start

    private func start(_ asked: BulkRequest, by context: CallContext) async throws -> BulkStatus {
        guard (1...64).contains(asked.id.utf8.count), asked.id.utf8.allSatisfy(Self.idBytes.contains) else {
            throw GraphError.badRequest("invalidRequest", "id: choose 1 to 64 letters, digits, -, _ and .")
        }
        let request = String(decoding: try WireJSON.encode(asked), as: UTF8.self)
        if let job = try await store.bulkJob(asked.id) { return try await status(of: job, askedAs: request) }
        guard let action = BulkAction(rawValue: asked.action) else {
            let actions = BulkAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw GraphError.badRequest("invalidRequest", "action is one of \(actions).")
        }
        let now = now()
        if action == .revoke {
            guard asked.startDateTime == nil, asked.expireDateTime == nil else {
                throw GraphError.badRequest(
                    "invalidRequest", "revoke makes no badges: leave startDateTime and expireDateTime out.")
            }
        } else {
            let window = CodeRequest(startDateTime: asked.startDateTime, expireDateTime: asked.expireDateTime)
            _ = try await Lifetime.window(.standard, window, store.policy(), at: now)
        }
        let job = BulkJob(
            id: asked.id, action: action, start: asked.startDateTime, expire: asked.expireDateTime, request: request, created: now
        )
        let items = try await items(of: asked)
        let recorded = recording(
            .startBulk, AuditRecord.Target(.other, id: job.id, name: "Bulk \(action.rawValue)"), ["people": "\(items.count)"],
            by: context)
        return try await status(of: recorded.add(job, items), askedAs: request)
    }

    private func status(of job: BulkJob, askedAs request: String) async throws -> BulkStatus {
        guard job.request == request else {
            throw GraphError(
                status: .conflict, code: "conflict", message: "The job \(job.id) was something else. Use another id for this one."
            )
        }
        return try await store.bulkStatus(of: job)
    }

    /// Everyone once; a name that nobody has fails from the start.
    private func items(of asked: BulkRequest) async throws -> [BulkItem] {
        var items: [BulkItem] = []
        func add(_ user: User?, _ name: String) {
            items.append(
                BulkItem(
                    jobID: asked.id, position: items.count, userID: user?.id, userPrincipalName: user?.userPrincipalName ?? name,
                    state: user == nil ? .failed : .pending, failure: user == nil ? "itemNotFound" : nil,
                    failureMessage: user == nil ? "There is nobody of this name. Were they renamed?" : nil))
        }
        switch (asked.group, asked.userPrincipalNames, asked.csv) {
        case (let group?, nil, nil):
            var query = UserQuery(limit: 1000)
            query.groupID = try await self.group(named: group).id
            while true {
                let page = try await store.users(query)
                for user in page { add(user, user.userPrincipalName) }
                guard page.count == query.limit, let last = page.last else { break }
                query.after = last.userPrincipalName
            }
        case (nil, let names?, nil): for name in Self.distinct(names) { add(try await store.user(name), name) }
        case (nil, nil, let csv?):
            do {
                for name in Self.distinct(try UserList.names(csv: csv)) { add(try await store.user(name), name) }
            } catch let error as UserListError {
                throw GraphError(error)
            }
        default:
            throw GraphError.badRequest("invalidRequest", "Give one of group, userPrincipalNames and csv.")
        }
        return items
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0.lowercased()).inserted }
    }

    private func group(named name: String) async throws -> Group {
        if let group = try await store.group(name) { return group }
        var query = GroupQuery(limit: 2)
        query.equal = [(.displayName, name)]
        let found = try await store.groups(query)
        guard let group = found.first, found.count == 1 else {
            throw GraphError.badRequest(
                "invalidRequest", found.isEmpty ? "There is no group \(name)." : "Several groups are called \(name): give an id.")
        }
        return group
    }

    // MARK: Next

    private func slice(
        of job: BulkJob, _ limit: Int, _ asked: BulkNext, by context: CallContext
    ) async throws -> BulkSlice {
        let stale = try await store.acknowledge(asked.saved ?? [], ofJob: job.id)
        if asked.resume == true { try await store.release(job: job.id) }
        var badges: [BulkBadge] = []
        let items = try await store.claim(limit, ofJob: job.id, until: now().addingTimeInterval(Self.lease), at: now())
        for item in items {
            do {
                if let badge = try await carryOut(job, for: item, by: context) { badges.append(badge) }
            } catch StoreError.activeExists {
                try await fail(item, "ActiveQRCodeExisted", "An active code exists. Rotate, or delete it first.")
            } catch let error as GraphError {
                try await fail(item, error.code, error.message)
            } catch StoreError.missing {
                // Someone else took it over, or the user changed meanwhile: its turn comes again.
                continue
            }
        }
        return BulkSlice(badges: badges, stale: stale, status: try await store.bulkStatus(of: job))
    }

    private func fail(_ item: BulkItem, _ failure: String, _ message: String) async throws {
        do { try await store.fail(item, failure, message) } catch StoreError.missing {}
    }

    private func carryOut(_ job: BulkJob, for item: BulkItem, by context: CallContext) async throws -> BulkBadge? {
        guard let id = item.userID, let user = try await store.user(id) else {
            throw GraphError.notFound("The user \(item.userPrincipalName)")
        }
        let now = now()
        if job.action == .revoke {
            _ = try await recording(.deleteCode, .user(user), ["bulk": job.id], by: context).revokeCodes(for: item, at: now)
            return nil
        }
        let policy = try await store.policy()
        let asked = CodeRequest(startDateTime: job.start, expireDateTime: job.expire)
        let window = try Lifetime.window(.standard, asked, policy, at: now)
        let hasPIN = try await store.method(ofUser: id)?.pin != nil
        let needsPIN = item.madePIN || !hasPIN
        let pin = needsPIN ? try Self.randomPIN(policy.pinLength) : nil
        var stored: StoredPIN?
        if let pin {
            stored = StoredPIN(hash: try await pins.hash(pin), length: pin.length, mustChange: true, created: now, updated: now)
        }
        let (code, image) = try Badge.issue(.standard, to: user, in: window, at: now)
        let recorded = recording(.createCode, .user(user), code.audit.merging(["bulk": job.id]) { $1 }, by: context)
        let kept = try await recorded.issue(
            code, stored, replacing: job.action == .rotate, for: item, waiting: now.addingTimeInterval(Self.answerLease), at: now)
        return BulkBadge(
            userPrincipalName: user.userPrincipalName, displayName: user.displayName, qrCodeId: code.id,
            startDateTime: code.start, expireDateTime: code.expire, image: image,
            pin: kept == nil ? nil : pin?.withDigits { $0 })
    }

    private static let idBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)
    /// For a call to finish what it claimed.
    private static let lease: TimeInterval = 120
    /// For the caller to save what was answered and say so.
    private static let answerLease: TimeInterval = 60
}

extension Operation {
    static let startBulk = Operation(
        "Starts a job that issues, rotates or revokes the badges of many people.", body: "bulkRequest",
        answers: [202: "bulkStatus"], refusals: [404, 409])
    static let readBulk = Operation("How far a job is.", answers: [200: "bulkStatus"])
    static let continueBulk = Operation(
        "Does the next people of a job; their badges leave in this answer alone.", body: "bulkNext",
        query: [QueryParameter(name: "limit", schema: ["type": "integer", "minimum": 1, "maximum": 200])],
        answers: [200: "bulkSlice"], refusals: [409])
}
