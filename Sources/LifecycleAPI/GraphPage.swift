/// A page of a list.
public struct GraphPage<Element: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    public var value: [Element]
    /// Where the next page is; absent on the last.
    public var nextLink: String?

    public init(value: [Element], nextLink: String? = nil) {
        self.value = value
        self.nextLink = nextLink
    }

    enum CodingKeys: String, CodingKey {
        case value
        case nextLink = "@odata.nextLink"
    }
}
