/// One read of a card, as its message tells.
public struct CardReading: Hashable, Sendable {
    /// 7 bytes.
    public let uid: [UInt8]
    /// How often the card was read, this time included: 0 to 16,777,215. It never goes back.
    public let counter: Int

    /// As people write a card's number: 14 hexadecimal digits.
    public var number: String { Self.number(ofUID: uid) }

    public static func number(ofUID uid: [UInt8]) -> String { uid.hexadecimal }

    init(uid: [UInt8], counter: Int) { (self.uid, self.counter) = (uid, counter) }

    /// PICCData (NXP AN12196, §3.4.2): a tag, C7 where a UID of 7 bytes and the counter follow, these two, and random bytes. Nil for anything
    /// else, such as what a wrong key makes of it.
    init?(piccData: [UInt8]) {
        guard piccData.count == 16, piccData[0] == 0xC7 else { return nil }
        uid = Array(piccData[1...7])
        counter = piccData[8...10].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// SDMReadCtr: 3 bytes, the least significant first.
    var counterBytes: [UInt8] { [0, 8, 16].map { UInt8(truncatingIfNeeded: counter >> $0) } }
}
