/// The `aud` of a token: one text or several (RFC 7519 §4.1.3). JWTKit's own claim stops the process at an empty list, and tokens are
/// whatever their senders like.
struct Audience: Codable, Sendable {
    let values: [String]

    init(_ value: String) { values = [value] }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        values = if let one = try? container.decode(String.self) { [one] } else { try container.decode([String].self) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
    }
}
