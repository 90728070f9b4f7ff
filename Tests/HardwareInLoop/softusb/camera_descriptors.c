/// The camera's descriptors. Clauses without a document's name are those of "USB Device Class Definition for Video
/// Devices", revision 1.1.
#include "camera_descriptors.h"

#include <linux/usb/video.h>

#include "descriptors.h"

DECLARE_UVC_HEADER_DESCRIPTOR(1);
DECLARE_UVC_INPUT_HEADER_DESCRIPTOR(1, 1);
DECLARE_UVC_FRAME_UNCOMPRESSED(1);

/// The camera terminal is where the picture comes in, the streaming terminal where it leaves by USB (§2.3).
enum { CAMERA_TERMINAL = 1, STREAMING_TERMINAL = 2 };

/// The revision in binary coded decimal; it settles the length of the probe control (§4.3.1.1).
enum { UVC_1_1 = 0x0110 };

enum { BITS_PER_SECOND = FRAME_BYTES * FRAMES_PER_SECOND * 8 };

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

/// §3.7.2; wTotalLength counts this one and the two terminals.
static const struct UVC_HEADER_DESCRIPTOR(1) control_header = {
    .bLength = UVC_DT_HEADER_SIZE(1),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_HEADER,
    .bcdUVC = UVC_1_1,
    .wTotalLength = UVC_DT_HEADER_SIZE(1) + UVC_DT_CAMERA_TERMINAL_SIZE(3) + UVC_DT_OUTPUT_TERMINAL_SIZE,
    .dwClockFrequency = CLOCK_FREQUENCY,
    .bInCollection = 1,
    .baInterfaceNr = {STREAMING_INTERFACE},
};

/// §3.7.2.3; no zoom lens, and none of the controls.
static const struct uvc_camera_terminal_descriptor camera_terminal = {
    .bLength = UVC_DT_CAMERA_TERMINAL_SIZE(3),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_INPUT_TERMINAL,
    .bTerminalID = CAMERA_TERMINAL,
    .wTerminalType = UVC_ITT_CAMERA,
    .bControlSize = 3,
};

/// §3.7.2.2.
static const struct uvc_output_terminal_descriptor streaming_terminal = {
    .bLength = UVC_DT_OUTPUT_TERMINAL_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VC_OUTPUT_TERMINAL,
    .bTerminalID = STREAMING_TERMINAL,
    .wTerminalType = UVC_TT_STREAMING,
    .bSourceID = CAMERA_TERMINAL,
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

/// Uncompressed Payload §3.1.1.
static const struct uvc_format_uncompressed yuyv_format = {
    .bLength = UVC_DT_FORMAT_UNCOMPRESSED_SIZE,
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bDescriptorSubType = UVC_VS_FORMAT_UNCOMPRESSED,
    .bFormatIndex = FORMAT_INDEX,
    .bNumFrameDescriptors = 1,
    // YUY2, V4L2's YUYV: 32595559-0000-0010-8000-00AA00389B71 (Uncompressed Payload Table 2-1).
    .guidFormat = {'Y', 'U', 'Y', '2', 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71},
    .bBitsPerPixel = 16,
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

/// Alike for both formats but for the subtype: Uncompressed Payload §3.1.2, MJPEG Payload §3.1.2.
static struct UVC_FRAME_UNCOMPRESSED(1) frame = {
    .bLength = UVC_DT_FRAME_UNCOMPRESSED_SIZE(1),
    .bDescriptorType = USB_DT_CS_INTERFACE,
    .bFrameIndex = FRAME_INDEX,
    .wWidth = FRAME_WIDTH,
    .wHeight = FRAME_HEIGHT,
    .dwMinBitRate = BITS_PER_SECOND,
    .dwMaxBitRate = BITS_PER_SECOND,
    .dwMaxVideoFrameBufferSize = FRAME_BYTES,
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

const struct usb_config_descriptor *camera_configuration(bool mjpeg) {
    const void *format = mjpeg ? (const void *)&mjpeg_format : &yuyv_format;
    uint8_t format_length = mjpeg ? mjpeg_format.bLength : yuyv_format.bLength;
    frame.bDescriptorSubType = mjpeg ? UVC_VS_FRAME_MJPEG : UVC_VS_FRAME_UNCOMPRESSED;
    input_header.wTotalLength = input_header.bLength + format_length + frame.bLength + colours.bLength;
    // The order of §3.1, Figure 3-1.
    const void *const following[] = {
        &association,
        &control_interface,
        &control_header,
        &camera_terminal,
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
