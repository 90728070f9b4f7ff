#include "descriptors.h"

#include <assert.h>
#include <string.h>

const struct usb_config_descriptor *join_descriptors(
    const struct usb_config_descriptor *configuration, const void *const following[]) {
    static uint8_t whole[512];
    size_t total = configuration->bLength;
    for (; *following != NULL; following++) {
        uint8_t length = *(const uint8_t *)*following;
        assert(total + length <= sizeof whole);
        memcpy(whole + total, *following, length);
        total += length;
    }
    struct usb_config_descriptor first = *configuration;
    first.wTotalLength = total;
    memcpy(whole, &first, sizeof first);
    return (const struct usb_config_descriptor *)whole;
}
