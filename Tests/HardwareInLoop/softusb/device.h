/// What the rest of softusb needs to know of a device that can be plugged in. The camera and the keypad each are one.
///
/// Descriptors are the kernel's own structures, so the name beside each value is the specification's. Multi-byte values are
/// little-endian (USB 2.0 §8.1), and so is the one machine that this is built for, the amd64 guest.
#ifndef SOFTUSB_DEVICE_H
#define SOFTUSB_DEVICE_H

#include <linux/usb/ch9.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "descriptors are written as they lie in memory");

/// The endpoint refuses (USB 2.0 §8.4.5); on the control endpoint: this request is not supported (§9.2.7).
enum { STALL = -1 };

/// The string descriptors that a device descriptor points at; zero means none (USB 2.0 §9.6.7).
enum { MANUFACTURER_STRING = 1, PRODUCT_STRING = 2, SERIAL_NUMBER_STRING = 3 };

/// The largest bulk packet at high speed (USB 2.0 §5.8.3).
enum { BULK_PACKET_SIZE = 512 };

struct device {
    const char *product;
    const char *serial;
    const struct usb_device_descriptor *descriptor;
    /// The configuration descriptor and all that follow it, in one piece (USB 2.0 §9.4.3).
    const struct usb_config_descriptor *configuration;

    /// Power comes on: forget whatever the last host wanted.
    void (*power_on)(void);
    /// A class request. `data` holds what the host sent, or takes what it gets. Returns the bytes put there, or STALL.
    int (*class_request)(const struct usb_ctrlrequest *request, uint8_t *data);
    /// The host cleared the halt of an endpoint (USB 2.0 §9.4.1). May be NULL.
    void (*halt_cleared)(void);
    /// Answers the transfers that wait, as far as there is something to answer with.
    void (*work)(void);
    /// Milliseconds until `work` has something to do by itself; negative for never.
    int (*idle_milliseconds)(void);
    /// A command from the control fifo. Returns whether there is such a command.
    bool (*command)(const char *verb, const char *argument);
};

/// A camera at 15 frames a second that shows the frames in a file: raw pictures of the format (YUYV, UYVY, NV12, YU12, GREY or
/// BGR3), or one JPEG file when it is MJPG. NULL when the format, the size or the file is of no use.
const struct device *camera_open(
    const char *frames, const char *serial, const char *format, unsigned width, unsigned height);

/// A keypad on a serial port.
const struct device *keypad_open(void);

/// Prints a line on the standard error.
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
