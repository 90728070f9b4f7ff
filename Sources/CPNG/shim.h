#include <png.h>
#include <string.h>

// PNG_IMAGE_VERSION and PNG_FORMAT_GRAY are macros that Swift cannot import, and png_image must start zeroed.

/// The first of libpng's two steps: sides of the picture in memory. Zero when it is no readable PNG.
static inline int cpng_begin(png_image *image, const void *bytes, size_t count) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    return png_image_begin_read_from_memory(image, bytes, count);
}

/// The second: rows of 8-bit grey without padding, transparent parts on white. Frees what the first held.
static inline int cpng_finish(png_image *image, void *luma) {
    image->format = PNG_FORMAT_GRAY;
    png_color white = {255, 255, 255};
    return png_image_finish_read(image, &white, luma, 0, NULL);
}

struct cpng_sink {
    png_bytep bytes;
    size_t count, capacity;
};

static inline void cpng_collect(png_structp png, png_bytep bytes, size_t count) {
    struct cpng_sink *sink = png_get_io_ptr(png);
    if (count > sink->capacity - sink->count) png_error(png, "full");
    memcpy(sink->bytes + sink->count, bytes, count);
    sink->count += count;
}

static inline void cpng_flush(png_structp png) { (void)png; }

/// Writes rows of one bit a pixel, 0 black, each row on whole bytes. libpng's errors are long jumps, which Swift cannot take.
/// Returns the size of the file, or 0 when it does not fit into the capacity.
static inline size_t cpng_write(
    const unsigned char *rows, unsigned width, unsigned height, unsigned char *out, size_t capacity) {
    struct cpng_sink sink = {out, 0, capacity};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 0;
    }
    png_set_write_fn(png, &sink, cpng_collect, cpng_flush);
    png_set_compression_level(png, 9);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_IHDR(png, info, width, height, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
        PNG_FILTER_TYPE_BASE);
    png_write_info(png, info);
    for (unsigned y = 0; y < height; y++) png_write_row(png, rows + (size_t)y * ((width + 7) / 8));
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return sink.count;
}
