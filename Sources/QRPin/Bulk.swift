import ArgumentParser
import FoundationEssentials
import Glibc
import LifecycleAPI
import SignInReporting

/// `qrpin bulk`: badges for many people.
struct Bulk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issues, rotates or revokes the badges of a group or a list of people.",
        discussion: """
            Can be interrupted at any moment: the same command with the same --job goes on, and in the end everyone has one badge that \
            works, and it is in --out.
            """,
        subcommands: [BulkIssue.self, BulkRotate.self, BulkRevoke.self])
}

/// For whom.
struct BulkOptions: ParsableArguments {
    @OptionGroup var service: ServiceOptions
    @Option(help: "A group's id, or its name.") var group: String?
    @Option(help: "A CSV file with a column userPrincipalName.") var csv: String?
    @Option(help: "The job's name; give it again to go on with the job. (default: a new one)") var job: String?
    @Option(help: "How many people at a time, 1 to 200.") var limit = 20

    func validate() throws {
        if (group == nil) == (csv == nil) { throw ValidationError("Give --group GROUP or --csv FILE.") }
        if !(1...200).contains(limit) { throw ValidationError("--limit \(limit): give 1 to 200.") }
    }

    func run(_ action: BulkAction, start: DateArgument? = nil, expire: DateArgument? = nil, into folder: BadgeFolder? = nil)
        async throws
    {
        let id = job ?? UUID().uuidString.lowercased()
        printError("job \(id): give --job \(id) to go on after an interruption\n")
        let request = BulkRequest(
            id: id, action: action, group: group, csv: try csv.map(readText), startDateTime: start?.date,
            expireDateTime: expire?.date)
        let status = try await BulkDriver(client: try service.client(), limit: limit, folder: folder).run(request)
        print("\(status.total) people: \(status.done) done, \(status.failed) failed")
        for error in status.errors { printError("\(error.userPrincipalName): \(error.code): \(error.message)\n") }
        if status.failed > 0 { throw ExitCode.failure }
    }
}

/// Which badges, and where to.
struct BulkBadgeOptions: ParsableArguments {
    @OptionGroup var people: BulkOptions
    @Option(help: "The directory to write to; it is made when it is not there.") var out: String
    @Option(help: "When the badges become valid. (default: each when it is made)") var start: DateArgument?
    @Option(help: "When they expire. (default: the site's usual lifetime)") var expire: DateArgument?

    static let discussion = """
        Writes NAME.svg for each person, badges.csv with all badges for `qrpin print --csv`, and pins.csv with the PINs of those who had \
        none. Whoever has a file has what is in it: print them, then delete them.
        """

    func run(_ action: BulkAction) async throws {
        try await people.run(action, start: start, expire: expire, into: try BadgeFolder(path: out))
    }
}

struct BulkIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issues badges to those who have no active one.", discussion: BulkBadgeOptions.discussion)
    @OptionGroup var options: BulkBadgeOptions
    func run() async throws { try await options.run(.issue) }
}

struct BulkRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Issues other badges to everyone and revokes the old ones; PINs stay.",
        discussion: BulkBadgeOptions.discussion)
    @OptionGroup var options: BulkBadgeOptions
    func run() async throws { try await options.run(.rotate) }
}

struct BulkRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revokes everyone's badges, standard and temporary; PINs stay.")
    @OptionGroup var options: BulkOptions
    func run() async throws { try await options.run(.revoke) }
}

/// Asks for slice after slice, and says that a badge is saved once it is.
struct BulkDriver {
    let client: LifecycleClient
    let limit: Int
    let folder: BadgeFolder?

    func run(_ request: BulkRequest) async throws -> BulkStatus {
        var folder = folder
        _ = try await retrying { try await client.send(.POST, "/admin/v1/bulk", body: request, as: BulkStatus.self) }
        // Also what an earlier run saved and had no time to say.
        var saved = folder?.codeIDs ?? []
        while true {
            // A lost answer is made anew by the call that repeats it: nobody else works on this job.
            let next = BulkNext(saved: saved, resume: true)
            let path = "/admin/v1/bulk/\(request.id)/next?limit=\(limit)"
            let slice = try await retrying { try await client.send(.POST, path, body: next, as: BulkSlice.self) }
            try folder?.remove(slice.stale)
            try folder?.save(slice.badges)
            saved = slice.badges.map(\.qrCodeId)
            let status = slice.status
            progress("\(status.total - status.pending - status.issued) of \(status.total) people, \(status.failed) failed")
            if status.pending + status.issued == 0 {
                progress(nil)
                return status
            }
        }
    }

    /// Tries again while the service is away or busy, for half a minute.
    private func retrying<Answer: Sendable>(_ call: () async throws -> Answer) async throws -> Answer {
        for seconds in [1, 2, 4, 8, 15] {
            do { return try await call() } catch let error as LifecycleClientError where error.isPassing {
                try await Task.sleep(for: .seconds(seconds))
            }
        }
        return try await call()
    }

    /// One line that is written over; nil ends it.
    private func progress(_ text: String?) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let line = text.map { "\r\u{1B}[K\($0)" } ?? "\n"
        printError(line)
    }
}

extension LifecycleClientError {
    /// The same call may well be answered later.
    var isPassing: Bool {
        switch self {
        case .unreachable: true
        case .refused(let status, _, _): [429, 502, 503, 504].contains(status)
        case .unreadable: false
        }
    }
}
