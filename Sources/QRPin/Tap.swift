import ArgumentParser
import Credential
import NFCTag
import SecureDynamicMessaging
import SmartCardReader

/// `qrpin tap`: badges on NFC cards and tags.
struct TapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap", abstract: "Shows and writes badges on NFC cards and tags.",
        subcommands: [TapRead.self, TapWrite.self])
}

/// `qrpin tap read`: what is on a card, without the badge's key.
struct TapRead: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Shows the badge on a card at a card reader, without its key.",
        discussion: "Exit status: 1 when there is no badge on it.")

    @OptionGroup var readers: CardReaderOptions

    func run() throws {
        let card = try readers.card()
        let reading = try card.read()
        print(reading.summary)
        if reading.badge == nil { throw ExitCode(1) }
    }
}

/// `qrpin tap write`: puts a badge on a tag.
struct TapWrite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Puts a badge on a Type 2 or Type 4 tag, such as NTAG 215 or DESFire, and reads it again.",
        discussion:
            "Whoever reads the tag has the badge, as with the printed code. What else is on it stays unless --overwrite is given."
    )

    @Option(help: "A file with the badge's payload, as `qrpin issue` writes it. (default: standard input)") var badge: String?
    @Flag(help: "Writes over what is on the tag.") var overwrite = false
    @Flag(help: "For NTAG 424 DNA: behind the badge is room for its dynamic message, and the SDM settings for that are printed.")
    var dynamic = false
    @OptionGroup var readers: CardReaderOptions

    func run() throws {
        let text = try payload()
        let card = try readers.card()
        let message = NDEFMessage([.text(text)] + (dynamic ? [.text(DynamicMessage.placeholder)] : []))
        switch try card.read() {
        case .identifierOnly: throw ValidationError("This card is no Type 2 or Type 4 tag. Use one, such as NTAG 215 or DESFire.")
        case .message(let other) where other.steady == message: return print("This badge is on the tag already.")
        case .empty: break
        case let other:
            guard overwrite else {
                throw ValidationError("Nothing was written: on this tag is \(other.summary). --overwrite replaces it.")
            }
        }
        try card.put(message)
        // A tag may say that it wrote and have not.
        guard case .message(let other) = try card.read(), other.steady == message else {
            throw ValidationError("The tag took the badge and does not give it again. Use another tag.")
        }
        print("Written and read again: \(BadgeReading.parse(text).summary).")
        if dynamic { print(message.dynamicSettings) }
    }

    private func payload() throws -> String {
        let text = try badge.map(readText) ?? readLine(strippingNewline: true)
        let payload = text?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let source = badge ?? "Standard input"
        switch BadgeReading.parse(payload) {
        case .badge, .foreign: return payload
        case .malformed(let part): throw ValidationError("\(source) holds a malformed badge: \(part). Issue it again.")
        case .notABadge:
            throw ValidationError("\(source) holds no badge: a payload starts with ms-qrpin: and `qrpin issue` writes one.")
        }
    }
}

/// Where a card is waited for.
struct CardReaderOptions: ParsableArguments {
    @Option(
        name: .customLong("tap-reader"), help: "A part of the name of a card reader to use; repeatable. (default: all of them)")
    var names: [String] = []
    @Option(help: "How many seconds to wait for a card, 1 to 600.") var patience = 60

    func validate() throws {
        guard (1...600).contains(patience) else { throw ValidationError("--patience \(patience): give 1 to 600.") }
    }

    func card() throws -> Card {
        let readers = CardReaders(wanted: names)
        let present = try readers.present()
        if present.isEmpty, !names.isEmpty {
            let all = try CardReaders().present().joined(separator: ", ")
            throw ValidationError(
                "No card reader is called like \(names.joined(separator: ", ")). There are: \(all.isEmpty ? "none" : all).")
        }
        if !present.isEmpty { say("Hold a card to \(present.joined(separator: " or ")), until this says more.") }
        guard let card = try readers.firstCard(within: .seconds(patience)) else {
            throw ValidationError("No card came within \(patience) s.")
        }
        return card
    }
}

extension Card {
    private func attempt(_ message: NDEFMessage) throws -> TagWriting {
        do { return try write(message) } catch {
            guard error.failure == .cardLeft else { throw error }
            throw ValidationError(
                "The tag was taken away while it was written, and may be empty now. Hold it there, and write it again.")
        }
    }

    /// Throws where that did not work, with what to do.
    fileprivate func put(_ message: NDEFMessage) throws {
        let size = message.bytes.count
        switch try attempt(message) {
        case .written: return
        case .notATag: throw ValidationError("This card is no Type 2 or Type 4 tag. Use one, such as NTAG 215 or DESFire.")
        case .readOnly: throw ValidationError("Nothing was written: this tag is read-only. Use another.")
        case .tooLong(let room):
            throw ValidationError(
                "Nothing was written: the badge takes \(size) bytes, and this tag has room for \(room). Use a larger one.")
        case .refused:
            throw ValidationError("The tag refused to be written, and may be empty now. Is it locked by a password? Use another.")
        }
    }
}

extension NDEFMessage {
    /// Without what is another at each read.
    fileprivate var steady: NDEFMessage {
        NDEFMessage(records.map { DynamicMessage($0.text ?? "") == nil ? $0 : .text(DynamicMessage.placeholder) })
    }

    /// Where a card of which this is the NDEF file writes its dynamic message: offsets in the file, behind its two bytes of length (NXP
    /// NT4H2421Gx, §10.7.1).
    fileprivate var dynamicSettings: String {
        let start = 2 + bytes.count - DynamicMessage.placeholder.utf8.count
        // Behind `e=`; behind 32 digits and `&c=`. Two equal offsets: the MAC is over nothing else.
        let (picc, mac) = (start + 2, start + 2 + 32 + 3)
        return "SDM: PICCDataOffset \(picc), SDMMACInputOffset \(mac), SDMMACOffset \(mac); UID and counter mirrored, encrypted."
    }
}

extension TagReading {
    /// A badge of ours or of another issuer.
    fileprivate var badge: String? {
        guard case .message(let message) = self, let text = message.text else { return nil }
        switch BadgeReading.parse(text) {
        case .badge, .foreign: return text
        case .malformed, .notABadge: return nil
        }
    }

    /// Without a badge's key, and without what is no badge.
    fileprivate var summary: String {
        switch self {
        case .message(let message):
            if let text = message.text {
                BadgeReading.parse(text).summary
            } else {
                "no badge: a message without text, \(message)"
            }
        case .identifierOnly: "no badge: this card tells nothing but its number, which is no secret and signs nobody in"
        case .empty: "no badge: the tag is empty; `qrpin tap write` puts one on it"
        case .malformed(.capabilities): "no badge: the tag does not say where its message is, or not everyone may read it"
        case .malformed(.message): "no badge: the message on the tag is broken; `qrpin tap write --overwrite` replaces it"
        case .malformed(.tooLong): "no badge: the message on the tag is longer than any badge"
        }
    }
}
