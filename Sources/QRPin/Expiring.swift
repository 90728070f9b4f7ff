import ArgumentParser
import CommaSeparatedValues
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin expiring`: whose badge expires soon.
struct Expiring: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists whose badges expire soon, the first to expire first.")

    @OptionGroup var service: ServiceOptions
    @Option(help: "Within how many days, 1 to 395.") var days = 30
    @Flag(help: "Also those that have expired and were not replaced.") var includeExpired = false
    @Flag(help: "Prints comma-separated values, which `qrpin bulk rotate --csv` takes.") var csv = false

    func validate() throws {
        if !(1...395).contains(days) { throw ValidationError("--days \(days): give 1 to 395.") }
    }

    func run() async throws {
        let path = "/admin/v1/reports/expiring?days=\(days)&includeExpired=\(includeExpired)&$top=1000"
        let codes = try await service.client().all(path, of: ExpiringCode.self)
        if csv {
            print(CSVTable.line(["userPrincipalName", "displayName", "kind", "expireDateTime", "daysLeft"]), terminator: "")
            for code in codes {
                let fields = [
                    code.userPrincipalName, code.displayName, code.kind, WireJSON.string(from: code.expireDateTime),
                    String(code.daysLeft),
                ]
                print(CSVTable.line(fields), terminator: "")
            }
        } else {
            printTable(
                [["EXPIRES", "DAYS", "KIND", "PERSON", "NAME"]]
                    + codes.map {
                        [
                            WireJSON.string(from: $0.expireDateTime), String($0.daysLeft), $0.kind, $0.userPrincipalName,
                            $0.displayName,
                        ]
                    })
        }
    }
}
