#include "frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "camera_descriptors.h"

static void replace(struct frames *frames, uint8_t *bytes, size_t length, size_t count) {
    free(frames->bytes);
    *frames = (struct frames){bytes, length, count};
}

static uint8_t *allocate(size_t size) {
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) abort();
    return bytes;
}

/// Returns NULL, with errno, when the file can't be read to its end.
static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    struct stat status;
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &status) == 0) {
        *size = status.st_size;
        bytes = allocate(*size + 1);
        if (fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
            errno = EIO;
        }
    }
    fclose(file);
    return bytes;
}

/// A JPEG file begins with its "start of image" marker (ITU-T T.81 Table B.1).
static bool is_jpeg(const uint8_t *bytes, size_t size) {
    return size >= 2 && size <= FRAME_BYTES && bytes[0] == 0xff && bytes[1] == 0xd8;
}

bool frames_load(struct frames *frames, const char *path, bool mjpeg) {
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    if (bytes == NULL) {
        note("%s: %s", path, strerror(errno));
        return false;
    }
    if (mjpeg && is_jpeg(bytes, size)) {
        replace(frames, bytes, size, 1);
    } else if (!mjpeg && size > 0 && size % FRAME_BYTES == 0) {
        replace(frames, bytes, FRAME_BYTES, size / FRAME_BYTES);
    } else {
        note("%s: neither a JPEG picture for an MJPEG camera nor YUYV pictures of %d bytes for the other", path, FRAME_BYTES);
        free(bytes);
        return false;
    }
    return true;
}

void frames_blank(struct frames *frames) {
    uint8_t *bytes = allocate(FRAME_BYTES);
    // Half the luma, and chroma zero, which is 128 (ITU-R BT.601).
    memset(bytes, 128, FRAME_BYTES);
    replace(frames, bytes, FRAME_BYTES, 1);
}
