/// Clauses are of "USB Device Class Definition for Video Devices" 1.1.
#include "camera_controls.h"

#include <linux/usb/video.h>
#include <string.h>

/// §4.2.2.1.2: bits, one of which is set.
enum { EXPOSURE_MANUAL = 1, EXPOSURE_BY_APERTURE = 8 };

struct control {
    const char *name;
    uint8_t unit, selector, bytes;
    int32_t minimum, maximum, step, standard, current;
};

static struct control controls[] = {
    // The step of the exposure modes is the set of those that there are.
    {"exposure mode", CAMERA_TERMINAL, UVC_CT_AE_MODE_CONTROL, 1, 0, 0, EXPOSURE_MANUAL | EXPOSURE_BY_APERTURE,
     EXPOSURE_BY_APERTURE, EXPOSURE_BY_APERTURE},
    // In 100 µs.
    {"exposure time", CAMERA_TERMINAL, UVC_CT_EXPOSURE_TIME_ABSOLUTE_CONTROL, 4, 3, 2047, 1, 250, 250},
    {"focus", CAMERA_TERMINAL, UVC_CT_FOCUS_ABSOLUTE_CONTROL, 2, 0, 250, 5, 0, 0},
    {"automatic focus", CAMERA_TERMINAL, UVC_CT_FOCUS_AUTO_CONTROL, 1, 0, 1, 1, 1, 1},
    {"brightness", PROCESSING_UNIT, UVC_PU_BRIGHTNESS_CONTROL, 2, -64, 64, 1, 0, 0},
    {"gain", PROCESSING_UNIT, UVC_PU_GAIN_CONTROL, 2, 0, 100, 1, 0, 0},
    {"power line frequency", PROCESSING_UNIT, UVC_PU_POWER_LINE_FREQUENCY_CONTROL, 1, 0, 2, 1, 1, 1},
};

/// D1 exposure mode, D3 exposure time, D5 focus, D17 automatic focus.
const uint8_t camera_terminal_controls[3] = {1 << 1 | 1 << 3 | 1 << 5, 0, 1 << (17 - 16)};
/// D0 brightness, D9 gain, D10 power line frequency.
const uint8_t processing_unit_controls[2] = {1 << 0, 1 << (9 - 8) | 1 << (10 - 8)};

static int give(uint8_t *data, const struct control *control, int32_t value) {
    memcpy(data, &value, control->bytes);
    return control->bytes;
}

/// As cameras do, this one refuses an exposure time while it sets the time itself (§4.2.2.1.4), and a focus likewise.
static bool is_automatic(const struct control *control) {
    if (control->unit != CAMERA_TERMINAL) return false;
    if (control->selector == UVC_CT_EXPOSURE_TIME_ABSOLUTE_CONTROL) return controls[0].current != EXPOSURE_MANUAL;
    return control->selector == UVC_CT_FOCUS_ABSOLUTE_CONTROL && controls[3].current != 0;
}

static int set(struct control *control, const uint8_t *data) {
    if (is_automatic(control)) return STALL;
    int32_t value = 0;
    memcpy(&value, data, control->bytes);
    if (control->bytes == 2) value = (int16_t)value;
    control->current = value;
    note("%s is %d", control->name, value);
    return 0;
}

int controls_request(const struct usb_ctrlrequest *request, uint8_t *data) {
    // The control is in the high byte of wValue, the unit in that of wIndex (§4.2.2).
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        struct control *control = &controls[i];
        if (control->unit != request->wIndex >> 8 || control->selector != request->wValue >> 8) continue;
        switch (request->bRequest) {
        case UVC_SET_CUR: return set(control, data);
        case UVC_GET_CUR: return give(data, control, control->current);
        case UVC_GET_MIN: return give(data, control, control->minimum);
        case UVC_GET_MAX: return give(data, control, control->maximum);
        case UVC_GET_RES: return give(data, control, control->step);
        case UVC_GET_DEF: return give(data, control, control->standard);
        case UVC_GET_LEN: data[0] = control->bytes; data[1] = 0; return 2;
        case UVC_GET_INFO: data[0] = UVC_CONTROL_CAP_GET | UVC_CONTROL_CAP_SET; return 1;
        default: return STALL;
        }
    }
    return STALL;
}
