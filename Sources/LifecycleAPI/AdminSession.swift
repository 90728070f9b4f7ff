public import FoundationEssentials

/// `POST /admin/v1/session-links`: where a person opens the admin page, once.
public struct SessionLink: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The code stands behind the `#`, which browsers send to nobody: no log and no proxy sees it.
    public var url: String
    public var expireDateTime: Date

    public init(url: String, expireDateTime: Date) {
        self.url = url
        self.expireDateTime = expireDateTime
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The body of `POST /admin/v1/session`: the code of a link.
public struct SessionRequest: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var code: String

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `/admin/v1/session` as answered: who is at the admin page. The cookie is the secret; it is not in here.
public struct AdminSession: Codable, Sendable {
    public var clientId: String
    public var roles: [String]
    /// Goes along in `x-csrf-token` with every call that changes something.
    public var csrfToken: String
    public var expireDateTime: Date

    public init(clientId: String, roles: [String], csrfToken: String, expireDateTime: Date) {
        self.clientId = clientId
        self.roles = roles
        self.csrfToken = csrfToken
        self.expireDateTime = expireDateTime
    }
}

/// An entry of `GET /admin/v1/resultCodes`: a ``ResultCode`` in words.
public struct ResultCodeEntry: Codable, Sendable {
    public var result: String
    public var errorCode: Int
    public var description: String

    public init(_ code: ResultCode) {
        result = code.rawValue
        errorCode = code.graphErrorCode
        description = code.administratorSentence
    }
}
