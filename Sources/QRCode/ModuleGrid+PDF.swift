extension ModuleGrid {
    /// A PDF 1.4 file of one page: the symbol as vector rectangles with its quiet zone, `moduleMillimetres` to a module (ISO 32000-1).
    public func pdf(moduleMillimetres: Double = 0.42, quietZone: Int = Self.quietZone) -> [UInt8] {
        // PDF's unit is 1/72 inch.
        let unit = moduleMillimetres * 72 / 25.4
        let side = size + 2 * quietZone
        var drawing = "\(Self.decimal(unit)) 0 0 \(Self.decimal(unit)) 0 0 cm\n"
        for y in 0..<size {
            for run in darkRuns(row: y) {
                // PDF counts from the bottom.
                drawing += "\(run.lowerBound + quietZone) \(side - quietZone - 1 - y) \(run.count) 1 re\n"
            }
        }
        drawing += "f\n"
        let page = Self.decimal(unit * Double(side))
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(page) \(page)] /Resources << >> /Contents 4 0 R >>",
            "<< /Length \(drawing.utf8.count) >>\nstream\n\(drawing)endstream",
        ]
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        // Each entry has 20 bytes, its two-byte line end included (§7.5.4).
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    /// At most four decimals, no exponent, which PDF does not know.
    private static func decimal(_ value: Double) -> String {
        let scaled = Int((value * 10_000).rounded())
        let fraction = String(scaled % 10_000)
        return "\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }
}
