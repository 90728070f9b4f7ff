#include <stddef.h>

/// What zbarcam does with each frame that it captures, up to the picture that it scans: zbar_image_convert() to 8-bit luma
/// (zbar/processor.c: _zbar_process_image). Returns a sum over some of its pixels, or -1.
long peer_luma(const void *frame, size_t length, const char format[4], unsigned width, unsigned height);

/// A JPEG as webcams send it, 4:2:2 at quality 85, of grey pixels. Returns its length; *jpeg is to be freed by free().
size_t peer_jpeg(const unsigned char *luma, int width, int height, unsigned char **jpeg);
