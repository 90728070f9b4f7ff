#include "frames.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
static bool is_jpeg(const uint8_t *bytes, size_t size, const struct picture_kind *kind) {
    return size >= 2 && size <= kind->bytes && bytes[0] == 0xff && bytes[1] == 0xd8;
}

bool frames_load(struct frames *frames, const char *path, const struct picture_kind *kind) {
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    if (bytes == NULL) {
        note("%s: %s", path, strerror(errno));
        return false;
    }
    if (kind->is_jpeg && is_jpeg(bytes, size, kind)) {
        replace(frames, bytes, size, 1);
    } else if (!kind->is_jpeg && size > 0 && size % kind->bytes == 0) {
        replace(frames, bytes, kind->bytes, size / kind->bytes);
    } else {
        note("%s: neither a JPEG picture for an MJPG camera nor %s pictures of %zu bytes", path, kind->format, kind->bytes);
        free(bytes);
        return false;
    }
    return true;
}

void frames_blank(struct frames *frames, const struct picture_kind *kind) {
    uint8_t *bytes = allocate(kind->bytes);
    // Half the luma, and chroma zero, which is 128 (ITU-R BT.601); half of each colour where there are three.
    memset(bytes, 128, kind->bytes);
    replace(frames, bytes, kind->bytes, 1);
}
