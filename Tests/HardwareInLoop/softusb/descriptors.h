/// Putting a device's descriptors together.
#ifndef SOFTUSB_DESCRIPTORS_H
#define SOFTUSB_DESCRIPTORS_H

#include "device.h"

/// Writes the configuration descriptor and those that follow it, up to NULL, one behind the other, and sets wTotalLength.
/// Each begins with its own length (USB 2.0 §9.5). To be called once: there is one device, and one piece of memory for it.
const struct usb_config_descriptor *join_descriptors(
    const struct usb_config_descriptor *configuration, const void *const following[]);

#endif
