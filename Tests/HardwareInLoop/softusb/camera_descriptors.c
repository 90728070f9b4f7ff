/// The camera's descriptors. Clauses without a document's name are those of "USB Device Class Definition for Video
/// Devices", revision 1.1.
#include "camera_descriptors.h"

#include <linux/usb/video.h>
#include <string.h>

#include "camera_controls.h"
#include "descriptors.h"

DECLARE_UVC_HEADER_DESCRIPTOR(1);
DECLARE_UVC_INPUT_HEADER_DESCRIPTOR(1, 1);
DECLARE_UVC_FRAME_UNCOMPRESSED(1);

/// The revision in binary coded decimal; it settles the length of the probe control (§4.3.1.1).
enum { UVC_1_1 = 0x0110 };

const struct usb_device_descriptor camera_descriptor = {
    .bLength = USB_DT_DEVICE_SIZE,
    .bDescriptorType = USB_DT_DEVICE,
    .bcdUSB = 0x0200,
    // These three say: look at the interface association (USB 2.0 ECN "Interface Association Descriptors").
    .bDeviceClass = USB_CLASS_MISC,
    .bDeviceSubClass = 2,
    .bDeviceProtocol = 1,
    // The only size at high speed (USB 2.0 §5.5.3).
    .bMaxPacketSize0 = 64,
    // pid.codes keeps 1209:0001 to 1209:0010 for tests.
    .idVendor = 0x1209,
    .idProduct = 0x0001,
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

/// §3.6: both interfaces together are the camera.
static const struct usb_interface_assoc_descriptor association = {
    .bLength = USB_DT_INTERFACE_ASSOCIATION_SIZE,
    .bDescriptorType = USB_DT_INTERFACE_ASSOCIATION,
    .bFirstInterface = CONTROL_INTERFACE,
    .bInterfaceCount = 2,
    .bFunctionClass = USB_CLASS_VIDEO,
    .bFunctionSubClass = UVC_SC_VIDEO_INTERFACE_COLLECTION,
    .iFunction = PRODUCT_STRING,
};

/// §3.7.1; an interrupt endpoint would be optional (§2.4.2).
static const struct usb_interface_descriptor control_interface = {
    .bLength = USB_DT_INTERFACE_SIZE,
    .bDescriptorType = USB_DT_INTERFACE,
    .bInterfaceNumber = CONTROL_INTERFACE,
    .bInterfaceClass = USB_CLASS_VIDEO,
    .bInterfaceSubClass = UVC_SC_VIDEOCONTROL,
    .iInterface = PRODUCT_STRING,
};

/// §3.7.2; wTotalLength counts this one, the two terminals and the unit between them. The picture comes in at the camera
/// terminal and leaves by USB at the streaming terminal (§2.3).
static const struct UVC_HEADER_DESCRIPTOR(1) control_header = {
    .bLength = UVC_DT_HEADER_SIZE(1),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_HEADER,
    .bcdUVC = UVC_1_1,
    .wTotalLength = UVC_DT_HEADER_SIZE(1) + UVC_DT_CAMERA_TERMINAL_SIZE(3) + UVC_DT_PROCESSING_UNIT_SIZE(2) +
                    UVC_DT_OUTPUT_TERMINAL_SIZE,
    .dwClockFrequency = CLOCK_FREQUENCY,
    .bInCollection = 1,
    .baInterfaceNr = {STREAMING_INTERFACE},
};

/// §3.7.2.3; no zoom lens. The controls are filled in by camera_configuration().
static struct uvc_camera_terminal_descriptor camera_terminal = {
    .bLength = UVC_DT_CAMERA_TERMINAL_SIZE(3),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_INPUT_TERMINAL,
    .bTerminalID = CAMERA_TERMINAL,
    .wTerminalType = UVC_ITT_CAMERA,
    .bControlSize = 3,
};

/// §3.7.2.5; its controls are filled in likewise.
static struct uvc_processing_unit_descriptor processing_unit = {
    .bLength = UVC_DT_PROCESSING_UNIT_SIZE(2),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_PROCESSING_UNIT,
    .bUnitID = PROCESSING_UNIT,
    .bSourceID = CAMERA_TERMINAL,
    .bControlSize = 2,
};

/// §3.7.2.2.
static const struct uvc_output_terminal_descriptor streaming_terminal = {
    .bLength = UVC_DT_OUTPUT_TERMINAL_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_OUTPUT_TERMINAL,
    .bTerminalID = STREAMING_TERMINAL,
    .wTerminalType = UVC_TT_STREAMING,
    .bSourceID = PROCESSING_UNIT,
};

/// §3.9.1; a bulk endpoint takes no bandwidth while it is idle, so there is no setting without it.
static const struct usb_interface_descriptor streaming_interface = {
    .bLength = USB_DT_INTERFACE_SIZE,
    .bDescriptorType = USB_DT_INTERFACE,
    .bInterfaceNumber = STREAMING_INTERFACE,
    .bNumEndpoints = 1,
    .bInterfaceClass = USB_CLASS_VIDEO,
    .bInterfaceSubClass = UVC_SC_VIDEOSTREAMING,
};

/// §3.9.2.1; no still pictures, no controls. wTotalLength counts this one, the format, the frame and the colours.
static struct UVC_INPUT_HEADER_DESCRIPTOR(1, 1) input_header = {
    .bLength = UVC_DT_INPUT_HEADER_SIZE(1, 1),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VS_INPUT_HEADER,
    .bNumFormats = 1,
    .bEndpointAddress = USB_DIR_IN | VIDEO_ENDPOINT,
    .bTerminalLink = STREAMING_TERMINAL,
    .bControlSize = 1,
};

/// The formats by V4L2's names, with bits per pixel and the GUID that stands for each in USB (Uncompressed Payload Table 2-1,
/// and drivers/media/common/uvc.c for those that the table lacks).
#define FOURCC_GUID(a, b, c, d) \
    {a, b, c, d, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71}
static const struct {
    const char *name;
    uint8_t bits;
    uint8_t guid[16];
} raw_formats[] = {
    {"YUYV", 16, FOURCC_GUID('Y', 'U', 'Y', '2')},
    {"UYVY", 16, FOURCC_GUID('U', 'Y', 'V', 'Y')},
    {"NV12", 12, FOURCC_GUID('N', 'V', '1', '2')},
    {"YU12", 12, FOURCC_GUID('I', '4', '2', '0')},
    {"GREY", 8, FOURCC_GUID('Y', '8', '0', '0')},
    {"BGR3", 24, {0x7d, 0xeb, 0x36, 0xe4, 0x4f, 0x52, 0xce, 0x11, 0x9f, 0x53, 0x00, 0x20, 0xaf, 0x0b, 0xa7, 0x70}},
};

/// Uncompressed Payload §3.1.1. The GUID and the bits are filled in by camera_configuration().
static struct uvc_format_uncompressed raw_format = {
    .bLength = UVC_DT_FORMAT_UNCOMPRESSED_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VS_FORMAT_UNCOMPRESSED,
    .bFormatIndex = FORMAT_INDEX,
    .bNumFrameDescriptors = 1,
    .bDefaultFrameIndex = FRAME_INDEX,
};

/// MJPEG Payload §3.1.1.
static const struct uvc_format_mjpeg mjpeg_format = {
    .bLength = UVC_DT_FORMAT_MJPEG_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VS_FORMAT_MJPEG,
    .bFormatIndex = FORMAT_INDEX,
    .bNumFrameDescriptors = 1,
    .bDefaultFrameIndex = FRAME_INDEX,
};

/// Alike for all formats but for the subtype: Uncompressed Payload §3.1.2, MJPEG Payload §3.1.2. The size is filled in later.
static struct UVC_FRAME_UNCOMPRESSED(1) frame = {
    .bLength = UVC_DT_FRAME_UNCOMPRESSED_SIZE(1),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bFrameIndex = FRAME_INDEX,
    .dwDefaultFrameInterval = FRAME_INTERVAL,
    .bFrameIntervalType = 1,
    .dwFrameInterval = {FRAME_INTERVAL},
};

/// §3.9.2.6; the values for BT.709 primaries and transfer, SMPTE 170M matrix, which are the defaults.
static const struct uvc_color_matching_descriptor colours = {
    .bLength = UVC_DT_COLOR_MATCHING_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VS_COLORFORMAT,
    .bColorPrimaries = 1,
    .bTransferCharacteristics = 1,
    .bMatrixCoefficients = 4,
};

/// §3.10.1.
static const struct usb_endpoint_descriptor video_endpoint = {
    .bLength = USB_DT_ENDPOINT_SIZE,
    .bDescriptorType = USB_DT_ENDPOINT,
    .bEndpointAddress = USB_DIR_IN | VIDEO_ENDPOINT,
    .bmAttributes = USB_ENDPOINT_XFER_BULK,
    .wMaxPacketSize = BULK_PACKET_SIZE,
};

bool picture_kind_is_known(struct picture_kind *kind) {
    size_t pixels = (size_t)kind->width * kind->height;
    if (pixels == 0 || pixels > MOST_FRAME_BYTES) return false;
    kind->is_jpeg = strcmp(kind->format, "MJPG") == 0;
    kind->bytes = kind->is_jpeg ? pixels * 2 : 0;
    for (size_t i = 0; i < sizeof raw_formats / sizeof raw_formats[0]; i++) {
        if (strcmp(kind->format, raw_formats[i].name) == 0) kind->bytes = pixels * raw_formats[i].bits / 8;
    }
    return kind->bytes > 0 && kind->bytes <= MOST_FRAME_BYTES;
}

const struct usb_config_descriptor *camera_configuration(const struct picture_kind *kind) {
    memcpy(camera_terminal.bmControls, camera_terminal_controls, sizeof camera_terminal_controls);
    memcpy(processing_unit.bmControls, processing_unit_controls, sizeof processing_unit_controls);
    for (size_t i = 0; i < sizeof raw_formats / sizeof raw_formats[0]; i++) {
        if (strcmp(kind->format, raw_formats[i].name) != 0) continue;
        memcpy(raw_format.guidFormat, raw_formats[i].guid, sizeof raw_format.guidFormat);
        raw_format.bBitsPerPixel = raw_formats[i].bits;
    }
    frame.wWidth = kind->width;
    frame.wHeight = kind->height;
    frame.dwMaxVideoFrameBufferSize = kind->bytes;
    frame.dwMinBitRate = frame.dwMaxBitRate = kind->bytes * FRAMES_PER_SECOND * 8;
    frame.bDescriptorSubType = kind->is_jpeg ? UVC_VS_FRAME_MJPEG : UVC_VS_FRAME_UNCOMPRESSED;
    const void *format = kind->is_jpeg ? (const void *)&mjpeg_format : &raw_format;
    uint8_t format_length = kind->is_jpeg ? mjpeg_format.bLength : raw_format.bLength;
    input_header.wTotalLength = input_header.bLength + format_length + frame.bLength + colours.bLength;
    // The order of §3.1, Figure 3-1.
    const void *const following[] = {
        &association,
        &control_interface,
        &control_header,
        &camera_terminal,
        &processing_unit,
        &streaming_terminal,
        &streaming_interface,
        &input_header,
        format,
        &frame,
        &colours,
        &video_endpoint,
        NULL,
    };
    return join_descriptors(&configuration, following);
}
