public import SerialLine

/// What a barcode scanner sends for a code that is known, and what is around it then.
public struct ScannerLesson: Sendable {
    private let text: [UInt8]
    private let framing: SerialFraming
    private var last: Conclusion?

    public struct Conclusion: Hashable, Sendable {
        public let line: SerialFraming
        public let framing: ScanFraming
        /// Nil when the scanner sends none.
        public let identifier: SymbologyIdentifier?
    }

    /// `text` is what the code says, ASCII; `framing` is how the line is set while it is listened to.
    public init(text: String, framing: SerialFraming = SerialFraming()) {
        self.text = Array(text.utf8)
        self.framing = framing
    }

    /// What was sent at once. The conclusion, when twice in a row the same was around the text.
    public mutating func take(_ bytes: [UInt8]) -> Conclusion? {
        let now = conclusion(of: bytes)
        defer { last = now }
        return now == last ? now : nil
    }

    private func conclusion(of bytes: [UInt8]) -> Conclusion? {
        for (line, sent) in readings(of: bytes) {
            let plain = Array(sent.drop { ScanFraming.answers.contains($0) })
            guard let start = plain.firstIndex(of: text) else { continue }
            let (before, after) = (plain[..<start], plain[(start + text.count)...])
            // The text again in what is behind it: two scans that came together.
            guard Array(after).firstIndex(of: text) == nil else { continue }
            var framing = ScanFraming()
            framing.suffix = Array(after)
            let marks = before.indices.filter { SymbologyIdentifier(startOf: before[$0...]) != nil }
            guard let mark = marks.last else {
                framing.prefix = Array(before)
                return Conclusion(line: line, framing: framing, identifier: nil)
            }
            framing.prefix = Array(before[..<mark] + before[(mark + 3)...])
            return Conclusion(line: line, framing: framing, identifier: SymbologyIdentifier(startOf: before[mark...]))
        }
        return nil
    }

    /// As they are; and, where the line was heard with eight bits, as seven with a parity.
    private func readings(of bytes: [UInt8]) -> [(SerialFraming, [UInt8])] {
        let plain = (framing, bytes)
        guard framing == SerialFraming() else { return [plain] }
        let parities = Set(bytes.map { $0.nonzeroBitCount.isMultiple(of: 2) })
        guard parities.count == 1, let isEven = parities.first, let seven = SerialFraming(isEven ? "7E1" : "7O1") else {
            return [plain]
        }
        return [plain, (seven, bytes.map { $0 & 0x7F })]
    }
}

extension [UInt8] {
    /// Where the other bytes begin.
    fileprivate func firstIndex(of other: [UInt8]) -> Int? {
        guard count >= other.count else { return nil }
        return (0...(count - other.count)).first { self[$0..<($0 + other.count)].elementsEqual(other) }
    }
}
