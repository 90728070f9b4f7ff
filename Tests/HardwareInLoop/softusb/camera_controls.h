/// The camera's controls: exposure, focus, brightness, gain and power-line frequency (UVC 1.1 §4.2.2).
#ifndef SOFTUSB_CAMERA_CONTROLS_H
#define SOFTUSB_CAMERA_CONTROLS_H

#include "device.h"

/// The units that the controls belong to.
enum { CAMERA_TERMINAL = 1, STREAMING_TERMINAL = 2, PROCESSING_UNIT = 3 };

/// Which controls the units have: bit masks, least byte first (UVC 1.1 §3.7.2.3, §3.7.2.5).
extern const uint8_t camera_terminal_controls[3];
extern const uint8_t processing_unit_controls[2];

/// Answers a request to a unit's control, as `class_request` of a device does. Each value that is set is noted.
int controls_request(const struct usb_ctrlrequest *request, uint8_t *data);

#endif
