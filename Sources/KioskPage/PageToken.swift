import FoundationEssentials

/// What shows that a caller was given the page by this kiosk since its last start; or that it is the device's application.
public struct PageToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    /// The application's, from a file that the site made. Throws a ``KioskPageError`` when it is no secret.
    public init(path: String) throws {
        func refuse(_ problem: String) -> KioskPageError { .token(path, problem) }
        guard let data = FileManager.default.contents(atPath: path),
            let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? UInt16
        else { throw refuse("cannot be read. Give this user access.") }
        guard mode & 0o007 == 0 else { throw refuse("is open to everyone. Run `chmod o= \(path)`.") }
        let words = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].utf8.count >= 32 else {
            throw refuse("holds no token: give 32 or more letters and digits by chance, as of `openssl rand -hex 32`.")
        }
        text = String(words[0])
    }

    /// 32 random bytes in hexadecimal.
    public init() {
        let bytes = (0..<32).map { _ in UInt8.random(in: 0 ... .max) }
        text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Takes as long for a wrong token as for a right one.
    func matches(_ other: some StringProtocol) -> Bool {
        guard other.utf8.count == text.utf8.count else { return false }
        return zip(other.utf8, text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    public var description: String { "redacted" }
    public var debugDescription: String { "redacted" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
