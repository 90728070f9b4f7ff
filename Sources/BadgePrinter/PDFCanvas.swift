import CPangoCairo

/// A PDF file through cairo, with text through Pango, which knows every script and embeds its letters. Lengths are in millimetres.
@safe final class PDFCanvas {
    private let surface: OpaquePointer
    private let context: OpaquePointer
    private static let pointsPerMillimetre = 72 / 25.4

    /// A file at `path`, which is written over when it is there. Errors are told by ``finish()``.
    init(path: String, width: Double, height: Double) {
        let scale = Self.pointsPerMillimetre
        unsafe surface = cairo_pdf_surface_create(path, width * scale, height * scale)
        unsafe context = cairo_create(surface)
        unsafe cairo_scale(context, scale, scale)
    }

    deinit {
        unsafe cairo_destroy(context)
        unsafe cairo_surface_destroy(surface)
    }

    /// Fills rectangles with black.
    func fill(_ rectangles: [(x: Double, y: Double, width: Double, height: Double)]) {
        for rectangle in rectangles {
            unsafe cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
        }
        unsafe cairo_fill(context)
    }

    /// A line 0.1 mm wide.
    func stroke(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
        unsafe cairo_set_line_width(context, 0.1)
        unsafe cairo_move_to(context, start.x, start.y)
        unsafe cairo_line_to(context, end.x, end.y)
        unsafe cairo_stroke(context)
    }

    /// Writes text as large as fits into the box, from `largest` points down to 6; below 10 words may be broken, and what is too much
    /// even then ends in an ellipsis. Returns the height that it takes.
    ///
    /// Throws ``PrintError`` when no font has all its letters.
    func write(
        _ text: String, x: Double, y: Double, width: Double, height: Double, largest: Int, isBold: Bool = false
    ) throws(PrintError) -> Double {
        let scale = Self.pointsPerMillimetre
        unsafe cairo_save(context)
        defer { unsafe cairo_restore(context) }
        unsafe cairo_translate(context, x, y)
        unsafe cairo_scale(context, 1 / scale, 1 / scale)
        let layout = unsafe pango_cairo_create_layout(context)
        defer { unsafe g_object_unref(UnsafeMutableRawPointer(layout)) }
        // Pango's letters stand on whole units unless it is told otherwise.
        unsafe pango_context_set_round_glyph_positions(pango_layout_get_context(layout), 0)
        unsafe pango_layout_set_text(layout, text, -1)
        unsafe pango_layout_set_width(layout, CInt(width * scale) * PANGO_SCALE)
        var taken: (width: CInt, height: CInt) = (0, 0)
        for points in stride(from: largest, through: 6, by: -1) {
            let font = unsafe pango_font_description_from_string("sans \(isBold ? "bold" : "")")
            defer { unsafe pango_font_description_free(font) }
            unsafe pango_font_description_set_absolute_size(font, Double(points) * Double(PANGO_SCALE))
            unsafe pango_layout_set_font_description(layout, font)
            unsafe pango_layout_set_wrap(layout, points < 10 ? PANGO_WRAP_WORD_CHAR : PANGO_WRAP_WORD)
            unsafe pango_layout_get_pixel_size(layout, &taken.width, &taken.height)
            // A word longer than a line makes the text wider than the box.
            if Double(taken.width) <= width * scale, Double(taken.height) <= height * scale { break }
        }
        if Double(taken.height) > height * scale {
            unsafe pango_layout_set_height(layout, CInt(height * scale) * PANGO_SCALE)
            unsafe pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
            unsafe pango_layout_get_pixel_size(layout, &taken.width, &taken.height)
        }
        guard unsafe pango_layout_get_unknown_glyphs_count(layout) == 0 else { throw PrintError(problem: .letters(text)) }
        unsafe pango_cairo_show_layout(context, layout)
        return Double(taken.height) / scale
    }

    func endPage() { unsafe cairo_show_page(context) }

    /// Ends the file. Throws ``PrintError`` when it could not be written.
    func finish() throws(PrintError) {
        unsafe cairo_surface_finish(surface)
        let status = unsafe cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else {
            throw PrintError(problem: .file(unsafe String(cString: cairo_status_to_string(status))))
        }
    }
}

/// A PDF that cannot be made.
public struct PrintError: Error, Hashable, CustomStringConvertible {
    enum Problem: Hashable {
        case file(String)
        case letters(String)
    }

    let problem: Problem

    public var description: String {
        switch problem {
        case .file(let reason): "the PDF cannot be written: \(reason)."
        case .letters(let text):
            "no font here has all letters of \"\(text)\": install one that has, such as Debian's fonts-noto-core or fonts-noto-cjk."
        }
    }
}
