import CPNG

extension LumaPicture {
    /// Any PNG, as grey on white ground.
    init(png bytes: [UInt8]) throws(PictureError) {
        var image = unsafe png_image()
        defer { unsafe png_image_free(&image) }
        guard unsafe cpng_begin(&image, bytes, bytes.count) != 0 else { throw .broken("PNG: the file is damaged") }
        let (width, height) = unsafe (Int(image.width), Int(image.height))
        guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height) else { throw .tooLarge }
        var luma = [UInt8](repeating: 0, count: width * height)
        guard unsafe cpng_finish(&image, &luma) != 0 else { throw .broken("PNG: the file is damaged") }
        self.init(width: width, height: height, luma: luma)
    }
}
