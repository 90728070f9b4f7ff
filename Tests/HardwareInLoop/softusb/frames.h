/// The pictures that the camera shows.
#ifndef SOFTUSB_FRAMES_H
#define SOFTUSB_FRAMES_H

#include "camera_descriptors.h"

/// Frames of one length, one after the other.
struct frames {
    uint8_t *bytes;
    size_t length;
    size_t count;
};

/// Reads raw pictures of a kind, as many as the file holds, or one JPEG picture. False, with a note and with the frames as
/// they were, when the file is of no use.
bool frames_load(struct frames *frames, const char *path, const struct picture_kind *kind);

/// One evenly grey raw picture.
void frames_blank(struct frames *frames, const struct picture_kind *kind);

#endif
