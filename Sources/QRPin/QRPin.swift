import ArgumentParser

/// The tool for people: draws and inspects badges.
@main
struct QRPin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qrpin",
        abstract: "Draws and inspects sign-in badges.",
        subcommands: [Encode.self, Inspect.self])
}
