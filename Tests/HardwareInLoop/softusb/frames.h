/// The pictures that the camera shows.
#ifndef SOFTUSB_FRAMES_H
#define SOFTUSB_FRAMES_H

#include "device.h"

/// Frames of one length, one after the other.
struct frames {
    uint8_t *bytes;
    size_t length;
    size_t count;
};

/// Reads raw YUYV pictures, as many as the file holds, or, when `mjpeg`, one JPEG picture. False, with a note and with the
/// frames as they were, when the file is of no use.
bool frames_load(struct frames *frames, const char *path, bool mjpeg);

/// One evenly grey YUYV picture.
void frames_blank(struct frames *frames);

#endif
