#include "peer.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <zbar.h>

static unsigned long fourcc(const char name[4]) {
    return (unsigned char)name[0] | (unsigned char)name[1] << 8 | (unsigned char)name[2] << 16 |
           (unsigned long)(unsigned char)name[3] << 24;
}

long peer_luma(const void *frame, size_t length, const char format[4], unsigned width, unsigned height) {
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, fourcc(format));
    zbar_image_set_size(image, width, height);
    zbar_image_set_data(image, frame, length, NULL);
    zbar_image_t *luma = zbar_image_convert(image, fourcc("Y800"));
    long sum = -1;
    if (luma != NULL) {
        const unsigned char *pixels = zbar_image_get_data(luma);
        size_t count = zbar_image_get_data_length(luma);
        sum = 0;
        for (size_t i = 0; i < count; i += 997) sum += pixels[i];
        zbar_image_destroy(luma);
    }
    zbar_image_destroy(image);
    return sum;
}

size_t peer_jpeg(const unsigned char *luma, int width, int height, unsigned char **jpeg) {
    unsigned char *pixels = malloc((size_t)width * height * 3);
    unsigned char *made = NULL;
    unsigned long length = 0;
    for (size_t i = 0; i < (size_t)width * height; i++) memset(pixels + 3 * i, luma[i], 3);
    tjhandle encoder = tjInitCompress();
    tjCompress2(encoder, pixels, width, 0, height, TJPF_RGB, &made, &length, TJSAMP_422, 85, 0);
    tjDestroy(encoder);
    free(pixels);
    // So that the caller may use free(): TurboJPEG has an allocator of its own.
    *jpeg = malloc(length);
    memcpy(*jpeg, made, length);
    tjFree(made);
    return length;
}
