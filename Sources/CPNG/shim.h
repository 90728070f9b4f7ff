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
