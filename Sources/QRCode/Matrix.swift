/// A symbol module by module: which are dark, and which belong to a function pattern. Templates are made of it.
struct Matrix {
    let version: Version
    let size: Int
    private(set) var dark: [Bool]
    private var function: [Bool]

    /// Draws the function patterns (ISO/IEC 18004 §6.3) and keeps the places of format and version information.
    init(_ version: Version) {
        self.version = version
        size = version.size
        dark = Array(repeating: false, count: size * size)
        function = dark
        for index in 0..<size {
            setFunction(6, index, index.isMultiple(of: 2))
            setFunction(index, 6, index.isMultiple(of: 2))
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(x, y) }
        drawAlignments()
        drawVersionInformation()
        drawFormatInformation(.low, mask: 0)
    }

    subscript(x: Int, y: Int) -> Bool { dark[y * size + x] }

    /// True for what is no place of a codeword.
    func isFunction(_ x: Int, _ y: Int) -> Bool { function[y * size + x] }

    /// True for the places of the format information, which change with level and mask (§7.9).
    func isFormat(_ x: Int, _ y: Int) -> Bool {
        (x == 8 && y != 6 && (y <= 8 || y > size - 8)) || (y == 8 && x != 6 && (x <= 8 || x >= size - 8))
    }

    mutating func set(_ x: Int, _ y: Int, _ value: Bool) { dark[y * size + x] = value }

    private mutating func setFunction(_ x: Int, _ y: Int, _ value: Bool) {
        dark[y * size + x] = value
        function[y * size + x] = true
    }

    /// A finder pattern and its separator, centred on x, y (§6.3.3–6.3.4).
    private mutating func drawFinder(_ x: Int, _ y: Int) {
        for row in max(0, y - 4)...min(size - 1, y + 4) {
            for column in max(0, x - 4)...min(size - 1, x + 4) {
                let ring = max(abs(column - x), abs(row - y))
                setFunction(column, row, ring != 2 && ring != 4)
            }
        }
    }

    /// §6.3.6: at every pair of centres but the three under the finders.
    private mutating func drawAlignments() {
        let centres = version.alignmentCentres
        for y in centres {
            for x in centres where !((x == 6 && (y == 6 || y == size - 7)) || (x == size - 7 && y == 6)) {
                for row in -2...2 {
                    for column in -2...2 { setFunction(x + column, y + row, max(abs(column), abs(row)) != 1) }
                }
            }
        }
    }

    /// §7.10: six bits of the version and twelve of a BCH(18,6) code, twice, from version 7 on.
    private mutating func drawVersionInformation() {
        guard version.number >= 7 else { return }
        let bits = Self.withRemainder(version.number, generator: 0x1F25, degree: 12)
        for index in 0..<18 {
            let (near, far) = (index / 3, size - 11 + index % 3)
            setFunction(near, far, bits >> index & 1 == 1)
            setFunction(far, near, bits >> index & 1 == 1)
        }
    }

    /// §7.9: level and mask with a BCH(15,5) code, XORed with 0x5412, twice; and the dark module.
    mutating func drawFormatInformation(_ level: ErrorCorrectionLevel, mask: Int) {
        let bits = Self.withRemainder(level.formatBits << 3 | mask, generator: 0x537, degree: 10) ^ 0x5412
        for index in 0..<15 {
            let value = bits >> index & 1 == 1
            switch index {
            case 0...5: setFunction(8, index, value)
            case 6, 7: setFunction(8, index + 1, value)
            case 8: setFunction(7, 8, value)
            default: setFunction(14 - index, 8, value)
            }
            if index < 8 { setFunction(size - 1 - index, 8, value) } else { setFunction(8, size - 15 + index, value) }
        }
        setFunction(8, size - 8, true)
    }

    /// A value with the remainder of its BCH code behind it (Annex C, D).
    static func withRemainder(_ value: Int, generator: Int, degree: Int) -> Int {
        var remainder = value
        for _ in 0..<degree { remainder = remainder << 1 ^ (remainder >> (degree - 1)) * generator }
        return value << degree | remainder
    }

    /// Whether a mask pattern inverts a module (§7.8.2, Table 10).
    static func isInverted(_ x: Int, _ y: Int, by mask: Int) -> Bool {
        switch mask {
        case 0: (y + x) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (y + x) % 3 == 0
        case 4: (y / 2 + x / 3) % 2 == 0
        case 5: y * x % 2 + y * x % 3 == 0
        case 6: (y * x % 2 + y * x % 3) % 2 == 0
        default: ((y + x) % 2 + y * x % 3) % 2 == 0
        }
    }
}
