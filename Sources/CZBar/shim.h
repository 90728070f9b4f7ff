#include <zbar.h>

/// zbar_image_set_data() takes a clean-up function whose type Swift imports as non-optional; a lent picture has none.
static inline void czbar_image_lend(zbar_image_t *image, const void *luma, unsigned long length) {
    zbar_image_set_data(image, luma, length, 0);
}
