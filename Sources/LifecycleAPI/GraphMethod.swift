public import FoundationEssentials

/// A member that is written as `null`, not left out, when it is nil: Graph's answers always name every member.
@propertyWrapper public struct Nullable<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension KeyedDecodingContainer {
    /// A member that is absent is nil.
    public func decode<Value>(_ type: Nullable<Value>.Type, forKey key: Key) throws -> Nullable<Value> {
        try decodeIfPresent(type, forKey: key) ?? Nullable(wrappedValue: nil)
    }
}

/// `qrCodePinAuthenticationMethod` as answered (Graph contract §3).
public struct GraphMethod: Codable, Hashable, Sendable {
    public var odataType = "#microsoft.graph.qrCodePinAuthenticationMethod"
    public var id: String
    public var createdDateTime: Date
    @Nullable public var lastUsedDateTime: Date?
    @Nullable public var standardQRCode: GraphQRCode?
    @Nullable public var temporaryQRCode: GraphQRCode?
    @Nullable public var pin: GraphPIN?

    public init(
        id: String, createdDateTime: Date, lastUsedDateTime: Date?, standardQRCode: GraphQRCode?,
        temporaryQRCode: GraphQRCode?, pin: GraphPIN?
    ) {
        self.id = id
        self.createdDateTime = createdDateTime
        self.lastUsedDateTime = lastUsedDateTime
        self.standardQRCode = standardQRCode
        self.temporaryQRCode = temporaryQRCode
        self.pin = pin
    }

    enum CodingKeys: String, CodingKey {
        case odataType = "@odata.type"
        case id, createdDateTime, lastUsedDateTime, standardQRCode, temporaryQRCode, pin
    }
}

/// `qrCode` as answered. The image is there in the one answer that made it.
public struct GraphQRCode: Codable, Hashable, Sendable {
    public var id: String
    public var createdDateTime: Date
    public var startDateTime: Date
    public var expireDateTime: Date
    @Nullable public var lastUsedDateTime: Date?
    @Nullable public var image: GraphImage?

    public init(
        id: String, createdDateTime: Date, startDateTime: Date, expireDateTime: Date, lastUsedDateTime: Date?, image: GraphImage?
    ) {
        self.id = id
        self.createdDateTime = createdDateTime
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
        self.lastUsedDateTime = lastUsedDateTime
        self.image = image
    }
}

/// `qrCodeImageDetails`: base64 of an SVG file and of the payload, which holds the badge key.
public struct GraphImage: Codable, Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var binaryValue: Data
    public var rawContent: Data
    /// `l`, `m`, `q` or `h`.
    public var errorCorrectionLevel: String
    /// 1 to 40.
    public var version: Int

    public init(binaryValue: Data, rawContent: Data, errorCorrectionLevel: String, version: Int) {
        self.binaryValue = binaryValue
        self.rawContent = rawContent
        self.errorCorrectionLevel = errorCorrectionLevel
        self.version = version
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `qrPin` as answered. The code is there in the one answer that made it.
public struct GraphPIN: Codable, Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var id: String
    @Nullable public var code: String?
    public var forceChangePinNextSignIn: Bool
    public var createdDateTime: Date
    public var updatedDateTime: Date

    public init(id: String, code: String?, forceChangePinNextSignIn: Bool, createdDateTime: Date, updatedDateTime: Date) {
        self.id = id
        self.code = code
        self.forceChangePinNextSignIn = forceChangePinNextSignIn
        self.createdDateTime = createdDateTime
        self.updatedDateTime = updatedDateTime
    }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The body of `PUT qrCodePinMethod`; its members are checked by the service, so all are optional here.
public struct MethodRequest: Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public struct PIN: Codable, Sendable {
        public var code: String?
    }

    public var standardQRCode: CodeRequest?
    public var temporaryQRCode: CodeRequest?
    public var pin: PIN?

    public init(standardQRCode: CodeRequest?) { self.standardQRCode = standardQRCode }

    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The body of `PATCH standardQRCode` and `temporaryQRCode`.
public struct CodeRequest: Codable, Hashable, Sendable {
    public var startDateTime: Date?
    public var expireDateTime: Date?

    public init(startDateTime: Date? = nil, expireDateTime: Date? = nil) {
        self.startDateTime = startDateTime
        self.expireDateTime = expireDateTime
    }
}
