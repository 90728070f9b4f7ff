import CZBar

/// ZBar, set to QR Code only. One scanner serves one thread.
@safe public struct BarcodeReader: ~Copyable {
    private let scanner: OpaquePointer

    /// With `isText`, ZBar turns a payload into UTF-8 from the character set that it takes it for; else it gives the bytes as they are.
    public init(isText: Bool = true) {
        // Null only when malloc fails, after which nothing could be read anyway.
        unsafe scanner = zbar_image_scanner_create()!
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, isText ? 0 : 1)
    }

    deinit { unsafe zbar_image_scanner_destroy(scanner) }

    /// The payloads in a picture of 8-bit luma, `height` rows of `width` pixels without padding, in the order in which ZBar finds them.
    ///
    /// A picture whose size does not match its sides holds nothing.
    public func read(_ luma: [UInt8], width: Int, height: Int) -> [[UInt8]] {
        guard width > 0, height > 0, luma.count == width * height else { return [] }
        guard let image = unsafe zbar_image_create() else { return [] }
        defer { unsafe zbar_image_destroy(image) }
        unsafe zbar_image_set_format(image, 0x3030_3859)  // "Y800": 8-bit luma.
        unsafe zbar_image_set_size(image, UInt32(width), UInt32(height))
        return unsafe luma.withUnsafeBytes { bytes in
            unsafe czbar_image_lend(image, bytes.baseAddress, UInt(bytes.count))
            return unsafe zbar_scan_image(scanner, image) > 0 ? payloads(of: image) : []
        }
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
