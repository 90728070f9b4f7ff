import ArgumentParser
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin audit verify`: whether the events that the service lists are those that the kiosks reported.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Audits what the service has stored.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verifies each kiosk's chain of events and the checkpoints that the service signed.",
            discussion: """
                Prints a line a kiosk, and what was found. Ends with 1 when an event is missing, altered or out of its place.
                A checkpoint that a kiosk keeps (--outbox) proves more than those of the service: with it, events that were cut off \
                at the end are seen too.
                """)

        @OptionGroup var service: ServiceOptions
        @Option(help: "A kiosk's id; repeat it for more. (default: all kiosks)") var kiosk: [String] = []
        @Option(help: "The outbox file of the one kiosk that is named, for the checkpoint that it keeps.") var outbox: String?

        func validate() throws {
            if outbox != nil, kiosk.count != 1 { throw ValidationError("--outbox: name its kiosk with --kiosk.") }
        }

        func run() async throws {
            let client = try service.client()
            let keys = try await client.checkpointKeys()
            let own = if let outbox { try await Outbox.checkpoint(path: outbox) } else { String?.none }
            var rows = [["KIOSK", "EVENTS", "LAST", "STATE", "DETAIL"]]
            var isSound = true
            for id in kiosk.isEmpty ? try await Kiosks.List.all(client).map(\.id) : kiosk {
                let audit = try await Self.audit(id, client, keys, own)
                isSound = isSound && audit.findings.isEmpty
                let state = audit.findings.isEmpty ? "sound" : "BROKEN"
                let (events, last) = (String(audit.events), String(audit.head.sequence))
                rows.append([id, events, last, state, audit.findings.first?.description ?? ""])
                rows += audit.findings.dropFirst().map { ["", "", "", "", $0.description] }
            }
            printTable(rows)
            if !isSound { throw ExitCode(1) }
        }

        private static func audit(
            _ id: String, _ client: LifecycleClient, _ keys: String, _ own: String?
        ) async throws -> ChainAudit {
            var audit = ChainAudit()
            if let own { await audit.take(checkpoint: own, ofKiosk: id, keys: keys) }
            var path: String? = "/admin/v1/kiosks/\(ServiceOptions.segment(id))/chain?$top=999"
            while let next = path {
                let page = try await client.send(.GET, next, as: ChainAnswer.self)
                // The service's word as it was before the first of these events was read: what comes in meanwhile is behind it.
                if audit.events == 0, let checkpoint = page.checkpoint {
                    await audit.take(checkpoint: checkpoint, ofKiosk: id, keys: keys)
                }
                for event in page.value { audit.take(event) }
                path = page.nextLink.map(pathOfLink)
            }
            audit.finish()
            return audit
        }
    }
}
