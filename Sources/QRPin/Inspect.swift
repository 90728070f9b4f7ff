import ArgumentParser
import Credential

/// `qrpin inspect`: what a payload says, without its key.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what a badge payload (standard input) says, without its key.")

    func run() throws {
        guard let text = readLine(strippingNewline: true) else { throw ValidationError("Give the payload on standard input.") }
        let reading = BadgeReading.parse(text)
        print(reading.summary)
        switch reading {
        case .badge, .foreign: return
        case .malformed, .notABadge: throw ExitCode(1)
        }
    }
}

extension BadgeReading {
    /// Without the badge's key.
    var summary: String {
        switch self {
        case .badge(let badge): "badge of \(badge.userPrincipalName), QR code id \(badge.qrCodeID)"
        case .foreign(let name, let id): "badge of another issuer: \(name), QR code id \(id)"
        case .malformed(let part): "malformed badge: \(part)"
        case .notABadge: "no badge: an ms-qrpin payload starts with ms-qrpin:"
        }
    }
}
