import ArgumentParser

/// The tool for people.
@main
struct QRPin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin",
        abstract: "Issues, draws, prints and inspects badges, and lists sign-ins.",
        subcommands: [
            Issue.self, Revoke.self, Bulk.self, Expiring.self, SignIns.self, Admin.self, Encode.self, Print.self, Inspect.self,
            Loopback.self, Bench.self, KeypadCommand.self, ReaderCommand.self, TapCommand.self, CardCommand.self, Keygen.self,
            Kiosks.self, Enrol.self, ChangeKey.self, Audit.self, CheckAssertion.self, Doctor.self,
        ])
}
