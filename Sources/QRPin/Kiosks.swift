import ArgumentParser
import Credential
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin kiosks`: what an administrator does with kiosks.
struct Kiosks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists kiosks, lets new ones in, and revokes them.",
        subcommands: [List.self, EnrolmentCodeCommand.self, Revoke.self, Offline.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the kiosks and how they are.")

        @OptionGroup var service: ServiceOptions

        func run() async throws {
            var rows = [["ID", "NAME", "GROUP", "LAST SEEN", "CAMERA", "WAITING", "CRASHES", "CLOCK", "OFFLINE", "STATE"]]
            rows += try await Self.all(service.client()).map { kiosk in
                [
                    kiosk.id, kiosk.displayName, kiosk.group ?? "–",
                    kiosk.lastSeenDateTime.map { WireJSON.string(from: $0) } ?? "never", kiosk.health?.camera ?? "–",
                    kiosk.health.map { String($0.outboxDepth) } ?? "–", kiosk.health.map { String($0.scannerCrashes) } ?? "–",
                    kiosk.health?.clockOffsetMilliseconds.map { "\($0) ms" } ?? "–",
                    kiosk.health?.offlineEntries.map { String($0) } ?? "–",
                    kiosk.revokedDateTime == nil ? "admitted" : "revoked",
                ]
            }
            printTable(rows)
        }

        static func all(_ client: LifecycleClient) async throws -> [KioskAnswer] {
            var (kiosks, path): ([KioskAnswer], String?) = ([], "/admin/v1/kiosks")
            while let next = path {
                let page = try await client.send(.GET, next, as: GraphPage<KioskAnswer>.self)
                kiosks += page.value
                path = page.nextLink.map(pathOfLink)
            }
            return kiosks
        }
    }

    struct EnrolmentCodeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enrolment-code", abstract: "Makes a one-time code by which a new kiosk enrols (`qrpin enrol`).")

        @Argument(help: "The kiosk's name, for people.") var name: String
        @OptionGroup var service: ServiceOptions
        @Option(help: "The kiosk's group.") var group: String?
        @Option(help: "For how long the code is good, in minutes, at most a week. (default: 60)") var minutes: Int?

        func run() async throws {
            let answer = try await service.client().send(
                .POST, "/admin/v1/enrolmentCodes",
                body: EnrolmentCodeRequest(displayName: name, group: group, lifetimeInMinutes: minutes),
                as: EnrolmentCodeAnswer.self)
            guard let code = answer.code else { throw LifecycleClientError.unreadable }
            print("\(code) for \(answer.displayName), once, until \(WireJSON.string(from: answer.expireDateTime))")
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuses a kiosk from now on.")

        @Argument(help: "The kiosk's id.") var id: String
        @OptionGroup var service: ServiceOptions

        func run() async throws {
            try await service.client().send(.POST, "/admin/v1/kiosks/\(ServiceOptions.segment(id))/revoke")
        }
    }
}

extension Kiosks {
    /// `qrpin kiosks offline`: where people may sign in while the service is gone.
    struct Offline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the kiosk groups where people may sign in while the service is gone; lets a group, or not any more.",
            discussion: "At such a kiosk who signed in online lately can sign in offline, with the same badge and PIN.")

        @Argument(help: "The kiosk group to change.") var group: String?
        @Flag(inversion: .prefixedNo, help: "Whether its kiosks may.") var allow: Bool?
        @Option(help: "For how long after an online sign-in, in hours, 1 to 2160. (default: 72)") var hours: Int?
        @Option(
            help: "How long a kiosk may have heard nothing of the service, in minutes, 5 to 10080. (default: 1440)")
        var maxAge: Int?
        @OptionGroup var service: ServiceOptions

        func validate() throws {
            if group == nil, allow != nil || hours != nil || maxAge != nil { throw ValidationError("Name the kiosk group.") }
            if group != nil, allow == nil { throw ValidationError("Give --allow or --no-allow.") }
        }

        func run() async throws {
            let (client, path) = (try service.client(), "/admin/v1/offlinePolicies")
            let policies: OfflinePolicies
            if let group, let allow {
                let request = OfflinePolicyRequest(
                    kioskGroup: group, isAllowed: allow, entryLifetimeInHours: hours, changesMaxAgeInMinutes: maxAge)
                policies = try await client.send(.PATCH, path, body: request, as: OfflinePolicies.self)
            } else {
                policies = try await client.send(.GET, path, as: OfflinePolicies.self)
            }
            printTable(
                [["GROUP", "HOURS", "MAX AGE"]]
                    + policies.value.map { [$0.kioskGroup, "\($0.entryLifetimeInHours)", "\($0.changesMaxAgeInMinutes) min"] })
        }
    }
}

/// The path and query of a link that this service gave.
func pathOfLink(_ link: String) -> String {
    guard let scheme = link.firstRange(of: "://"), let slash = link[scheme.upperBound...].firstIndex(of: "/") else { return link }
    return String(link[slash...])
}

/// `qrpin enrol`: this machine becomes a kiosk of a service.
struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes this machine's key and has a service admit it as a kiosk.",
        discussion: "An administrator makes the code with `qrpin kiosks enrolment-code`. The key never leaves this machine.")

    @Option(help: "The lifecycle service's URL.") var service: String
    @Option(help: "The one-time code.") var code: String
    @Option(name: .customLong("key"), help: "The key file to make; one that is there is used.") var keyPath: String
    @Option(help: "The kiosk's name, in place of the code's.") var name: String?

    func validate() throws {
        guard EnrolmentCode(code) != nil else {
            throw ValidationError("--code: give the 20 characters that `qrpin kiosks enrolment-code` printed.")
        }
    }

    func run() async throws {
        guard let code = EnrolmentCode(code) else { return }
        if !FileManager.default.fileExists(atPath: keyPath) { try ClientKey().write(to: keyPath) }
        let key = try ClientKey(path: keyPath)
        let enrolment = try await KioskKey.enrol(url: service, code: code, key: key, name: name)
        print("kiosk \(enrolment.clientId) \(enrolment.displayName)")
        print("public key \(key.publicText)")
        let issuer = enrolment.issuer == Issuer.defaultName ? "" : " --issuer \(enrolment.issuer)"
        let identity = "--service \(service) --client-id \(enrolment.clientId) --key \(keyPath)\(issuer)"
        print("start it with: qrpin-kiosk \(identity) --outbox FILE")
    }
}

/// `qrpin change-key`: another key for this kiosk.
struct ChangeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change-key", abstract: "Replaces this kiosk's key by a new one and prints its public half.",
        discussion: """
            What was interrupted is ended by the same command. A running qrpin-kiosk uses the new key from its next token on; one that has it
            as a systemd credential must be started again.
            """)

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        try await KioskKey.changeKey(
            url: service.service, clientID: service.clientID, keyPath: service.key, issuer: service.issuer)
        print("public key \(try ClientKey(path: service.key).publicText)")
    }
}
