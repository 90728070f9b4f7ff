import ArgumentParser
import Credential

/// `qrpin inspect`: what a payload says, without its key.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what a badge payload (standard input) says, without its key.")

    func run() throws {
        guard let text = readLine(strippingNewline: true) else { throw ValidationError("Give the payload on standard input.") }
        switch BadgeReading.parse(text) {
        case .badge(let badge): print("badge of \(badge.userPrincipalName), QR code id \(badge.qrCodeID)")
        case .foreign(let name, let id): print("badge of another issuer: \(name), QR code id \(id)")
        case .malformed(let part):
            print("malformed badge: \(part)")
            throw ExitCode(1)
        case .notABadge:
            print("no badge: an ms-qrpin payload starts with ms-qrpin:")
            throw ExitCode(1)
        }
    }
}
