/// The control endpoint, which every device has.
#ifndef SOFTUSB_REQUEST_H
#define SOFTUSB_REQUEST_H

#include "device.h"

/// Answers a request (USB 2.0 §9.3). `data` holds what the host sent, or takes what it gets: up to 64 KiB. Returns the
/// number of bytes put there, or STALL.
int request_answer(const struct device *device, const struct usb_ctrlrequest *request, uint8_t *data);

#endif
