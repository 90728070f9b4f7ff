import ArgumentParser
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin sign-ins`: the service's sign-in log as a table.
struct SignIns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-ins", abstract: "Lists the newest sign-ins as the service has them.")

    @OptionGroup var service: ServiceOptions
    @Option(help: "How many at most, 1 to 1000.") var top = 20

    func run() async throws {
        let list = try await service.client().send(.GET, "/beta/auditLogs/signIns?$top=\(top)", as: GraphSignIns.self)
        var rows = [["TIME", "RESULT", "CODE", "PERSON", "KIOSK", "DETAIL"]]
        rows += list.value.map { signIn in
            [
                WireJSON.string(from: signIn.createdDateTime), signIn.result, String(signIn.status.errorCode),
                signIn.userPrincipalName ?? "–", signIn.deviceDetail.deviceId,
                signIn.status.failureReason ?? signIn.status.additionalDetails ?? signIn.userDisplayName ?? "",
            ]
        }
        printTable(rows)
    }
}
