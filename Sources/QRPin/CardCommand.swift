import ArgumentParser
import Credential
import FoundationEssentials
import LifecycleAPI
import NFCTag
import SecureDynamicMessaging
import Settings
import SignInReporting
import SmartCardReader

/// `qrpin card`: the card without which a copy of a badge is worth nothing.
struct CardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "Binds badges to NTAG 424 DNA cards, which cannot be copied.",
        subcommands: [Show.self, Bind.self, Require.self, Unbind.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows which card a person's badge is bound to.")

        @OptionGroup var badge: BoundBadgeOptions

        func run() async throws { print(try await badge.client().send(.GET, badge.path, as: CardBindingAnswer.self).summary) }
    }

    struct Bind: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Binds a person's badge to the card at a card reader; from then on it signs nobody in without it.",
            discussion:
                "The card is set up before, with keys of its own; the guide to cards says how. The service proves them with the card."
        )

        @OptionGroup var badge: BoundBadgeOptions
        @Option(
            help: """
                A file, open to this user alone, with the card's keys: the lines `sdm-meta-read = …` and `sdm-file-read = …`, 32 hexadecimal \
                digits each.
                """)
        var cardKeys: String
        @Option(
            help: "What the card said when it was read elsewhere, as e=…&c=… or a URI with them. (default: reads the card here)")
        var message: String?
        @Flag(inversion: .prefixedNo, help: "Whether the printed code alone signs nobody in any more.") var required = true
        @OptionGroup var readers: CardReaderOptions

        func run() async throws {
            let keys = try CardKeyFile(path: cardKeys)
            let client = try badge.client()
            let (said, id) = try message.map { (try Self.message(in: [$0], "--message"), nil) } ?? read()
            let answer = try await client.send(
                .PUT, badge.path,
                body: CardBindingRequest(
                    metaReadKey: keys.metaRead, fileReadKey: keys.fileRead, message: said.text, isRequired: required),
                as: CardBindingAnswer.self)
            print(answer.summary)
            if let id, id.description != answer.qrCodeId {
                say("On the card is the badge \(id), which is another one: write the person's own with `qrpin tap write`.")
            }
        }

        /// What the card says, and whose badge is on it.
        private func read() throws -> (DynamicMessage, QRCodeID?) {
            guard case .message(let message) = try readers.card().read() else {
                throw ValidationError(
                    "On this card is no message. `qrpin tap write --dynamic` puts a badge with room for one on it.")
            }
            var id: QRCodeID?
            if case .badge(let badge)? = message.text.map({ BadgeReading.parse($0) }) { id = badge.qrCodeID }
            return (try Self.message(in: message.contents, "This card"), id)
        }

        private static func message(in texts: [String], _ source: String) throws -> DynamicMessage {
            guard let message = texts.lazy.compactMap({ DynamicMessage($0) }).first else {
                throw ValidationError(
                    "\(source) has no dynamic message: e= with 32 hexadecimal digits and c= with 16. Is SDM set up on the card?")
            }
            guard message.text != DynamicMessage.placeholder else {
                throw ValidationError("\(source) has zeros for a dynamic message: SDM is not set up on the card yet.")
            }
            return message
        }
    }

    struct Require: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether a person's badge signs nobody in without the card that it is bound to.")

        @OptionGroup var badge: BoundBadgeOptions
        @Flag(inversion: .prefixedNo, help: "Whether it needs the card.") var required = true

        func run() async throws {
            let change = CardBindingChange(isRequired: required)
            print(try await badge.client().send(.PATCH, badge.path, body: change, as: CardBindingAnswer.self).summary)
        }
    }

    struct Unbind: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Frees a person's badge of its card; the printed code signs in again.")

        @OptionGroup var badge: BoundBadgeOptions

        func run() async throws { try await badge.client().send(.DELETE, badge.path) }
    }
}

/// Whose badge.
struct BoundBadgeOptions: ParsableArguments {
    @Argument(help: "The person's userPrincipalName.") var userPrincipalName: String
    @Flag(help: "The temporary badge, not the standard one.") var temporary = false
    @OptionGroup var service: ServiceOptions

    func client() throws -> LifecycleClient { try service.client() }

    var path: String {
        "/admin/v1/users/\(ServiceOptions.segment(userPrincipalName))/\(temporary ? "temporary" : "standard")QRCode/card"
    }
}

/// A card's keys as a person keeps them until the card is bound. What it says of the file never quotes it.
struct CardKeyFile {
    let metaRead: String
    let fileRead: String

    init(path: String) throws {
        let settings = SettingsFile(try readText(path), path: path).settings
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw ValidationError("\(path) is open to others (mode \(String(mode & 0o777, radix: 8))). Run chmod 600 on it.")
        }
        func key(_ name: String) throws -> String {
            let values = settings.filter { $0.key == name }.map(\.value)
            guard values.count == 1, CardKeys(metaRead: values[0], fileRead: values[0]) != nil else {
                throw ValidationError("\(path): write one line `\(name) = ` with the key's 32 hexadecimal digits.")
            }
            return values[0]
        }
        (metaRead, fileRead) = (try key("sdm-meta-read"), try key("sdm-file-read"))
    }
}

extension CardBindingAnswer {
    fileprivate var summary: String {
        "QR code \(qrCodeId) is bound to card \(cardNumber), \(isRequired ? "and signs in with it alone" : "and signs in without it, too")"
            + "; the card was read \(readCounter) times"
    }
}
