/// The keypad: a serial port of the USB Communications Device Class, abstract control model. "CDC" is the class definition
/// 1.2, "PSTN" its subclass specification 1.2 for telephone lines, where the abstract control model stands.
#include <linux/usb/cdc.h>
#include <stdio.h>
#include <string.h>

#include "descriptors.h"
#include "port.h"

enum { NOTIFICATION_ENDPOINT = 2, DATA_ENDPOINT = 1 };
enum { COMMUNICATION_INTERFACE = 0, DATA_INTERFACE = 1 };

/// Revision 1.1 in binary coded decimal; the later ones add nothing that a keypad has.
enum { CDC_1_1 = 0x0110 };

static const struct usb_device_descriptor device_descriptor = {
    .bLength = USB_DT_DEVICE_SIZE,
    .bDescriptorType = USB_DT_DEVICE,
    .bcdUSB = 0x0200,
    .bDeviceClass = USB_CLASS_COMM, // CDC §4.1
    .bMaxPacketSize0 = 64,          // the only size at high speed (USB 2.0 §5.5.3)
    .idVendor = 0x1209,             // pid.codes keeps 1209:0001 to 1209:0010 for tests
    .idProduct = 0x0002,
    .bcdDevice = 0x0100,
    .iManufacturer = MANUFACTURER_STRING,
    .iProduct = PRODUCT_STRING,
    .iSerialNumber = SERIAL_NUMBER_STRING,
    .bNumConfigurations = 1,
};

/// USB 2.0 §9.6.3.
static const struct usb_config_descriptor configuration = {
    .bLength = USB_DT_CONFIG_SIZE,
    .bDescriptorType = USB_DT_CONFIG,
    .bNumInterfaces = 2,
    .bConfigurationValue = 1,
    .bmAttributes = USB_CONFIG_ATT_ONE | USB_CONFIG_ATT_SELFPOWER,
};

/// CDC §4.2 to §4.4.
static const struct usb_interface_descriptor communication_interface = {
    .bLength = USB_DT_INTERFACE_SIZE,
    .bDescriptorType = USB_DT_INTERFACE,
    .bInterfaceNumber = COMMUNICATION_INTERFACE,
    .bNumEndpoints = 1,
    .bInterfaceClass = USB_CLASS_COMM,
    .bInterfaceSubClass = USB_CDC_SUBCLASS_ACM,
    // "AT commands" is what Linux's driver looks for (drivers/usb/class/cdc-acm.c: acm_ids).
    .bInterfaceProtocol = USB_CDC_ACM_PROTO_AT_V25TER,
};

/// CDC §5.2.3.1.
static const struct usb_cdc_header_desc header = {
    .bLength = sizeof header,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = USB_CDC_HEADER_TYPE,
    .bcdCDC = CDC_1_1,
};

/// PSTN §5.3.1; a keypad makes no calls.
static const struct usb_cdc_call_mgmt_descriptor call_management = {
    .bLength = sizeof call_management,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = USB_CDC_CALL_MANAGEMENT_TYPE,
    .bDataInterface = DATA_INTERFACE,
};

/// PSTN §5.3.2; it takes the line coding and the control lines.
static const struct usb_cdc_acm_descriptor abstract_control = {
    .bLength = sizeof abstract_control,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = USB_CDC_ACM_TYPE,
    .bmCapabilities = USB_CDC_CAP_LINE,
};

/// CDC §5.2.3.2: both interfaces together are the serial port.
static const struct usb_cdc_union_desc interface_union = {
    .bLength = sizeof interface_union,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = USB_CDC_UNION_TYPE,
    .bMasterInterface0 = COMMUNICATION_INTERFACE,
    .bSlaveInterface0 = DATA_INTERFACE,
};

/// Where a modem would tell of its lines (PSTN §6.5.4). The driver wants it; we never answer.
static const struct usb_endpoint_descriptor notification_endpoint = {
    .bLength = USB_DT_ENDPOINT_SIZE,
    .bDescriptorType = USB_DT_ENDPOINT,
    .bEndpointAddress = USB_DIR_IN | NOTIFICATION_ENDPOINT,
    .bmAttributes = USB_ENDPOINT_XFER_INT,
    .wMaxPacketSize = 16,
    // Asked every 2^(9-1) microframes, 32 ms (USB 2.0 Table 9-13).
    .bInterval = 9,
};

/// CDC §4.5.
static const struct usb_interface_descriptor data_interface = {
    .bLength = USB_DT_INTERFACE_SIZE,
    .bDescriptorType = USB_DT_INTERFACE,
    .bInterfaceNumber = DATA_INTERFACE,
    .bNumEndpoints = 2,
    .bInterfaceClass = USB_CLASS_CDC_DATA,
};

static const struct usb_endpoint_descriptor data_in_endpoint = {
    .bLength = USB_DT_ENDPOINT_SIZE,
    .bDescriptorType = USB_DT_ENDPOINT,
    .bEndpointAddress = USB_DIR_IN | DATA_ENDPOINT,
    .bmAttributes = USB_ENDPOINT_XFER_BULK,
    .wMaxPacketSize = BULK_PACKET_SIZE,
};

static const struct usb_endpoint_descriptor data_out_endpoint = {
    .bLength = USB_DT_ENDPOINT_SIZE,
    .bDescriptorType = USB_DT_ENDPOINT,
    .bEndpointAddress = USB_DIR_OUT | DATA_ENDPOINT,
    .bmAttributes = USB_ENDPOINT_XFER_BULK,
    .wMaxPacketSize = BULK_PACKET_SIZE,
};

/// In the order of CDC §5.2.3: what belongs to an interface follows it.
static const void *const following[] = {
    &communication_interface,
    &header,
    &call_management,
    &abstract_control,
    &interface_union,
    &notification_endpoint,
    &data_interface,
    &data_in_endpoint,
    &data_out_endpoint,
    NULL,
};

/// Typed and not yet read by the host, which reads only while somebody has the port open.
static char typed[4096];
static size_t typed_count;

/// 9600 baud, 8N1 until the host says otherwise (PSTN Table 17).
static struct usb_cdc_line_coding coding;

static void power_on(void) {
    typed_count = 0;
    coding = (struct usb_cdc_line_coding){.dwDTERate = 9600, .bDataBits = 8};
}

static int class_request(const struct usb_ctrlrequest *request, uint8_t *data) {
    switch (request->bRequest) {
    case USB_CDC_REQ_SET_LINE_CODING: // PSTN §6.3.10
        if (request->wLength < sizeof coding) return STALL;
        memcpy(&coding, data, sizeof coding);
        note("line coding %u baud, %u data bits", coding.dwDTERate, coding.bDataBits);
        return 0;
    case USB_CDC_REQ_GET_LINE_CODING: // PSTN §6.3.11
        memcpy(data, &coding, sizeof coding);
        return sizeof coding;
    case USB_CDC_REQ_SET_CONTROL_LINE_STATE: // PSTN §6.3.12: bit 0 is DTR, somebody opened the port
        note(request->wValue & 1 ? "port open" : "port closed");
        return 0;
    default: return STALL;
    }
}

static void work(void) {
    size_t room;
    while (typed_count > 0 && port_wanted(DATA_ENDPOINT, &room)) {
        size_t count = typed_count < room ? typed_count : room;
        port_answer(DATA_ENDPOINT, typed, count);
        typed_count -= count;
        memmove(typed, typed + count, typed_count);
    }
}

/// Only ever answers the host.
static int idle_milliseconds(void) {
    return -1;
}

/// Understands \r, \n and \\ ; any other character stands for itself.
static void type(const char *text) {
    while (*text != 0 && typed_count < sizeof typed) {
        char key = *text++;
        if (key == '\\' && *text != 0) {
            key = *text++;
            if (key == 'r') key = '\r';
            if (key == 'n') key = '\n';
        }
        typed[typed_count++] = key;
    }
    if (*text != 0) note("nobody reads; the rest of the keys is lost");
}

static bool command(const char *verb, const char *argument) {
    if (strcmp(verb, "type") != 0) return false;
    type(argument);
    return true;
}

static struct device keypad = {
    .product = "qrpin test keypad",
    .serial = "0001",
    .descriptor = &device_descriptor,
    .power_on = power_on,
    .class_request = class_request,
    .work = work,
    .idle_milliseconds = idle_milliseconds,
    .command = command,
};

const struct device *keypad_open(void) {
    keypad.configuration = join_descriptors(&configuration, following);
    return &keypad;
}
