/// The standard requests of USB 2.0 §9.4. Class requests go on to the device.
#include "request.h"

#include <string.h>

static int give(uint8_t *data, const void *answer, size_t count) {
    memcpy(data, answer, count);
    return count;
}

/// A string descriptor is UTF-16LE after its two-byte head; ours are ASCII (USB 2.0 §9.6.7, Table 9-16).
static int give_string(uint8_t *data, const char *string) {
    size_t length = strlen(string);
    data[0] = 2 + 2 * length;
    data[1] = USB_DT_STRING;
    for (size_t i = 0; i < length; i++) {
        data[2 + 2 * i] = string[i];
        data[3 + 2 * i] = 0;
    }
    return data[0];
}

static int get_string(const struct device *device, unsigned index, uint8_t *data) {
    // String zero is the list of languages: US English alone (USB 2.0 Table 9-15).
    static const uint8_t languages[] = {4, USB_DT_STRING, 0x09, 0x04};
    switch (index) {
    case 0: return give(data, languages, sizeof languages);
    case MANUFACTURER_STRING: return give_string(data, "qrpin");
    case PRODUCT_STRING: return give_string(data, device->product);
    case SERIAL_NUMBER_STRING: return give_string(data, device->serial);
    default: return STALL;
    }
}

/// USB 2.0 §9.4.3: the type is in the high byte of wValue, the index in the low one.
static int get_descriptor(const struct device *device, const struct usb_ctrlrequest *request, uint8_t *data) {
    switch (request->wValue >> 8) {
    case USB_DT_DEVICE: return give(data, device->descriptor, device->descriptor->bLength);
    case USB_DT_CONFIG: return give(data, device->configuration, device->configuration->wTotalLength);
    case USB_DT_STRING: return get_string(device, request->wValue & 0xff, data);
    // Also for the device qualifier: a device of one speed has none (§9.6.2).
    default: return STALL;
    }
}

static int standard_request(const struct device *device, const struct usb_ctrlrequest *request, uint8_t *data) {
    bool to_device = (request->bRequestType & USB_RECIP_MASK) == USB_RECIP_DEVICE;
    bool to_endpoint = (request->bRequestType & USB_RECIP_MASK) == USB_RECIP_ENDPOINT;
    // Answers of one byte: the only configuration is number 1, each interface has only setting 0 (§9.4.2, §9.4.4).
    static const uint8_t configuration = 1, setting = 0;
    // §9.4.5, Figures 9-4 to 9-6: a device that powers itself; nothing to say of interfaces and endpoints.
    const uint8_t status[] = {to_device ? 1 << USB_DEVICE_SELF_POWERED : 0, 0};

    switch (request->bRequest) {
    case USB_REQ_GET_DESCRIPTOR: return get_descriptor(device, request, data);
    case USB_REQ_GET_STATUS: return give(data, status, sizeof status);
    case USB_REQ_GET_CONFIGURATION: return give(data, &configuration, 1);
    case USB_REQ_GET_INTERFACE: return give(data, &setting, 1);
    case USB_REQ_CLEAR_FEATURE:
        if (to_endpoint && request->wValue == USB_ENDPOINT_HALT && device->halt_cleared) device->halt_cleared();
        return 0;
    // SET_ADDRESS (§9.4.6) is not here: vhci_hcd keeps it to itself.
    case USB_REQ_SET_FEATURE:
    case USB_REQ_SET_CONFIGURATION:
    case USB_REQ_SET_INTERFACE: return 0;
    default: return STALL;
    }
}

int request_answer(const struct device *device, const struct usb_ctrlrequest *request, uint8_t *data) {
    switch (request->bRequestType & USB_TYPE_MASK) {
    case USB_TYPE_STANDARD: return standard_request(device, request, data);
    case USB_TYPE_CLASS: return device->class_request(request, data);
    default: return STALL;
    }
}
