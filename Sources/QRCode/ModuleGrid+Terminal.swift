extension ModuleGrid {
    /// Text of two rows a line in half blocks, light modules drawn and dark ones left out, as a dark terminal needs it.
    public func terminalText(quietZone: Int = 2) -> String {
        let range = -quietZone..<size + quietZone
        func isLight(_ x: Int, _ y: Int) -> Bool {
            guard (0..<size).contains(x), (0..<size).contains(y) else { return range.contains(y) }
            return !self[x, y]
        }
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { y in
            range.map { x in
                switch (isLight(x, y), isLight(x, y + 1)) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }.joined() + "\n"
        }.joined()
    }
}
