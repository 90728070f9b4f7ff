/// What the camera tells about itself, and the numbers that its descriptors and its stream must agree on.
#ifndef SOFTUSB_CAMERA_DESCRIPTORS_H
#define SOFTUSB_CAMERA_DESCRIPTORS_H

#include "device.h"

enum {
    /// The longest frame, 1280 x 720 at two bytes a pixel.
    MOST_FRAME_BYTES = 1280 * 720 * 2,
    FRAMES_PER_SECOND = 15,
    /// In units of 100 ns (UVC 1.1 §4.3.1.1, dwFrameInterval).
    FRAME_INTERVAL = 10000000 / FRAMES_PER_SECOND,
    /// Without time stamps a payload's header is its length and its flags (UVC 1.1 §2.4.3.3).
    PAYLOAD_HEADER_BYTES = 2,
    /// Ticks of the camera's clock, 48 MHz. The descriptors must have one; without time stamps nothing counts them.
    CLOCK_FREQUENCY = 48000000,

    CONTROL_INTERFACE = 0,
    STREAMING_INTERFACE = 1,
    VIDEO_ENDPOINT = 1,
    /// The camera has one format with one frame size. Indexes begin at 1 (UVC 1.1 §3.9.2.3).
    FORMAT_INDEX = 1,
    FRAME_INDEX = 1,
};

/// What kind of pictures the camera sends. One frame is one payload.
struct picture_kind {
    /// V4L2's four letters.
    const char *format;
    unsigned width, height;
    /// The length of a frame; of a JPEG, the most. Filled in by picture_kind_is_known().
    size_t bytes;
    bool is_jpeg;
};

/// Whether this is a format that we have, at a size that is not too large; if so, fills in the rest.
bool picture_kind_is_known(struct picture_kind *kind);

extern const struct usb_device_descriptor camera_descriptor;

/// The configuration of a camera that offers pictures of this kind alone.
const struct usb_config_descriptor *camera_configuration(const struct picture_kind *kind);

#endif
