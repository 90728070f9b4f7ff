import CZBar

/// ZBar, set to QR Code only. One scanner serves one thread.
@safe public final class BarcodeReader {
    /// ZBar 0.23.92 keeps some 200 bytes of every symbol that it reads until its scanner ends: a new one now and then.
    private static let readsOfScanner = 50

    private let isText: Bool
    private var scanner: OpaquePointer
    private var reads = 0

    /// With `isText`, ZBar turns a payload into UTF-8 from the character set that it takes it for; else it gives the bytes as they are.
    public init(isText: Bool = true) {
        self.isText = isText
        unsafe scanner = Self.makeScanner(isText: isText)
    }

    deinit { unsafe zbar_image_scanner_destroy(scanner) }

    private static func makeScanner(isText: Bool) -> OpaquePointer {
        // Null only when malloc fails, after which nothing could be read anyway.
        let scanner = unsafe zbar_image_scanner_create()!
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, isText ? 0 : 1)
        return unsafe scanner
    }

    /// The payloads in a picture of 8-bit luma, `height` rows of `width` pixels without padding, in the order in which ZBar finds them.
    ///
    /// ZBar looks for finder patterns along one in `density` rows and columns. A picture whose size does not match its sides holds nothing.
    public func read(_ luma: [UInt8], width: Int, height: Int, density: Int32 = 1) -> [[UInt8]] {
        guard width > 0, height > 0, luma.count == width * height else { return [] }
        guard let image = unsafe zbar_image_create() else { return [] }
        defer { unsafe zbar_image_destroy(image) }
        unsafe zbar_image_set_format(image, 0x3030_3859)  // "Y800": 8-bit luma.
        unsafe zbar_image_set_size(image, UInt32(width), UInt32(height))
        return unsafe luma.withUnsafeBytes { bytes in
            unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, density)
            unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, density)
            unsafe czbar_image_lend(image, bytes.baseAddress, UInt(bytes.count))
            guard unsafe zbar_scan_image(scanner, image) > 0 else { return [] }
            defer { renewScanner() }
            return unsafe payloads(of: image)
        }
    }

    private func renewScanner() {
        reads += 1
        guard reads.isMultiple(of: Self.readsOfScanner) else { return }
        unsafe zbar_image_scanner_destroy(scanner)
        unsafe scanner = Self.makeScanner(isText: isText)
    }

    private func payloads(of image: OpaquePointer) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var symbol = unsafe zbar_image_first_symbol(image)
        while let current = unsafe symbol {
            if let text = unsafe zbar_symbol_get_data(current) {
                let length = unsafe Int(zbar_symbol_get_data_length(current))
                found.append(unsafe Array(UnsafeRawBufferPointer(start: text, count: length)))
            }
            unsafe symbol = zbar_symbol_next(current)
        }
        return found
    }
}
