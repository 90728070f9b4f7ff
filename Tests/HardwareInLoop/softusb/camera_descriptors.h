/// What the camera tells about itself, and the numbers that its descriptors and its stream must agree on.
#ifndef SOFTUSB_CAMERA_DESCRIPTORS_H
#define SOFTUSB_CAMERA_DESCRIPTORS_H

#include "device.h"

enum {
    FRAME_WIDTH = 640,
    FRAME_HEIGHT = 480,
    /// YUYV is two bytes a pixel; a JPEG picture may not be larger either.
    FRAME_BYTES = FRAME_WIDTH * FRAME_HEIGHT * 2,
    FRAMES_PER_SECOND = 15,
    /// In units of 100 ns (UVC 1.1 §4.3.1.1, dwFrameInterval).
    FRAME_INTERVAL = 10000000 / FRAMES_PER_SECOND,
    /// Without time stamps a payload's header is its length and its flags (UVC 1.1 §2.4.3.3).
    PAYLOAD_HEADER_BYTES = 2,
    /// One frame is one payload.
    PAYLOAD_BYTES = PAYLOAD_HEADER_BYTES + FRAME_BYTES,
    /// Ticks of the camera's clock, 48 MHz. The descriptors must have one; without time stamps nothing counts them.
    CLOCK_FREQUENCY = 48000000,

    CONTROL_INTERFACE = 0,
    STREAMING_INTERFACE = 1,
    VIDEO_ENDPOINT = 1,
    /// The camera has one format with one frame size. Indexes begin at 1 (UVC 1.1 §3.9.2.3).
    FORMAT_INDEX = 1,
    FRAME_INDEX = 1,
};

extern const struct usb_device_descriptor camera_descriptor;

/// The configuration of a camera that offers JPEG pictures, or else of one that offers YUYV ones.
const struct usb_config_descriptor *camera_configuration(bool mjpeg);

#endif
