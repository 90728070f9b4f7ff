/// The camera: a USB Video Class device, revision 1.1, with one bulk endpoint. Clauses without a document's name are of
/// "USB Device Class Definition for Video Devices" 1.1.
#include <linux/usb/video.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "camera_controls.h"
#include "camera_descriptors.h"
#include "frames.h"
#include "port.h"

_Static_assert(sizeof(struct uvc_streaming_control) == 34, "§4.3.1.1: the probe and commit controls of revision 1.1");

/// There is one format, one size and one rate, so every negotiation (§4.3.1.1) ends here, whatever the host proposes. The
/// sizes are filled in by camera_open().
static struct uvc_streaming_control only_choice = {
    .bFormatIndex = FORMAT_INDEX,
    .bFrameIndex = FRAME_INDEX,
    .dwFrameInterval = FRAME_INTERVAL,
    .dwClockFrequency = CLOCK_FREQUENCY,
};

static struct picture_kind kind;
static struct frames frames;
static size_t next_frame;
static bool streaming;
static bool frozen;
static bool halted;
/// How many of the next frames are to be spoiled, and how.
static unsigned spoiled;
static enum { CUT, GARBLED, FLAGGED } spoil;

/// A payload is a header and a frame (§2.4.3.2). It goes out in as many transfers as the host's room makes of it.
static struct {
    uint8_t bytes[PAYLOAD_HEADER_BYTES + MOST_FRAME_BYTES];
    size_t length;
    size_t sent;
    bool begun;
    /// Changes with each frame, which is how the host tells them apart (§2.4.3.3).
    uint8_t frame_id;
    /// When the next frame is due, in nanoseconds of the monotonic clock.
    int64_t due;
} payload;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void stop(void) {
    streaming = false;
    payload.begun = false;
}

static void start(void) {
    stop();
    halted = false;
    streaming = true;
    payload.due = now();
    note("streaming");
}

/// A request to the streaming interface for one of the two controls of §4.3.1.1.
static int streaming_request(unsigned selector, const struct usb_ctrlrequest *request, uint8_t *data) {
    switch (request->bRequest) {
    case UVC_SET_CUR:
        // With a bulk endpoint there is no setting to choose, so the commit is the start (§4.3.1.1).
        if (selector == UVC_VS_COMMIT_CONTROL) start();
        return 0;
    case UVC_GET_CUR:
    case UVC_GET_MIN:
    case UVC_GET_MAX:
    case UVC_GET_DEF:
        memcpy(data, &only_choice, sizeof only_choice);
        return sizeof only_choice;
    case UVC_GET_LEN:
        data[0] = sizeof only_choice;
        data[1] = 0;
        return 2;
    case UVC_GET_INFO:
        data[0] = UVC_CONTROL_CAP_GET | UVC_CONTROL_CAP_SET;
        return 1;
    default: return STALL;
    }
}

/// The interface is in the low byte of wIndex, the control in the high byte of wValue (§4.2, §4.3).
static int class_request(const struct usb_ctrlrequest *request, uint8_t *data) {
    unsigned interface = request->wIndex & 0xff;
    unsigned selector = request->wValue >> 8;
    if (interface == CONTROL_INTERFACE) return controls_request(request, data);
    bool probe_or_commit = selector == UVC_VS_PROBE_CONTROL || selector == UVC_VS_COMMIT_CONTROL;
    if (interface != STREAMING_INTERFACE || !probe_or_commit) return STALL;
    return streaming_request(selector, request, data);
}

/// The specification gives a bulk stream no way to stop. Windows clears the endpoint's halt, Linux does as Windows does
/// (drivers/media/usb/uvc/uvc_video.c: uvc_video_stop_streaming), so cameras take that for the end.
static void halt_cleared(void) {
    if (streaming) note("stopped");
    stop();
}

static void spoil_payload(void) {
    uint8_t *frame = payload.bytes + PAYLOAD_HEADER_BYTES;
    size_t length = payload.length - PAYLOAD_HEADER_BYTES;
    spoiled--;
    switch (spoil) {
    case CUT: payload.length -= length / 2; break;
    // What comes first stays: to the driver and at first sight a JPEG is one still.
    case GARBLED:
        for (size_t i = 16; i < length; i++) frame[i] = rand();
        break;
    case FLAGGED: payload.bytes[1] |= UVC_STREAM_ERR; break;
    }
}

static void begin_payload(void) {
    payload.frame_id ^= UVC_STREAM_FID;
    payload.bytes[0] = PAYLOAD_HEADER_BYTES;
    // This header is the payload's last and its frame's last (§2.4.3.3).
    payload.bytes[1] = UVC_STREAM_EOH | UVC_STREAM_EOF | payload.frame_id;
    memcpy(payload.bytes + PAYLOAD_HEADER_BYTES, frames.bytes + next_frame * frames.length, frames.length);
    payload.length = PAYLOAD_HEADER_BYTES + frames.length;
    payload.sent = 0;
    payload.begun = true;
    next_frame = (next_frame + 1) % frames.count;
    if (spoiled > 0) spoil_payload();
}

/// Keeps the rate. A camera that fell behind drops frames, it does not hurry after them.
static void end_payload(void) {
    payload.begun = false;
    payload.due += FRAME_INTERVAL * 100LL;
    if (payload.due < now()) payload.due = now();
}

static void work(void) {
    size_t room;
    while (streaming && port_wanted(VIDEO_ENDPOINT, &room)) {
        if (halted) {
            port_stall(VIDEO_ENDPOINT);
            continue;
        }
        if (!payload.begun) {
            if (frozen || now() < payload.due) return;
            begin_payload();
        }
        size_t left = payload.length - payload.sent;
        size_t count = left < room ? left : room;
        port_answer(VIDEO_ENDPOINT, payload.bytes + payload.sent, count);
        payload.sent += count;
        // A transfer that is not filled ends the payload, an empty one if need be (§2.4.3.2); so does its full length.
        if (count < room || payload.sent == PAYLOAD_HEADER_BYTES + kind.bytes) end_payload();
    }
}

static int idle_milliseconds(void) {
    size_t room;
    if (!streaming || frozen || !port_wanted(VIDEO_ENDPOINT, &room)) return -1;
    int64_t left = payload.due - now();
    return left <= 0 ? 0 : left / 1000000 + 1;
}

static void show(const char *path) {
    if (frames_load(&frames, path, &kind)) next_frame = 0;
}

static void blank(void) {
    if (kind.is_jpeg) {
        note("an MJPEG camera has no blank picture; show it one");
        return;
    }
    frames_blank(&frames, &kind);
    next_frame = 0;
}

static void spoil_next(const char *count, int how) {
    spoiled = strtoul(count, NULL, 10);
    spoil = how;
}

static bool command(const char *verb, const char *argument) {
    if (strcmp(verb, "show") == 0) {
        show(argument);
    } else if (strcmp(verb, "blank") == 0) {
        blank();
    } else if (strcmp(verb, "freeze") == 0) {
        frozen = true;
    } else if (strcmp(verb, "thaw") == 0) {
        frozen = false;
    } else if (strcmp(verb, "halt") == 0) {
        halted = true;
    } else if (strcmp(verb, "cut") == 0) {
        spoil_next(argument, CUT);
    } else if (strcmp(verb, "garble") == 0) {
        spoil_next(argument, GARBLED);
    } else if (strcmp(verb, "flag") == 0) {
        spoil_next(argument, FLAGGED);
    } else {
        return false;
    }
    return true;
}

static struct device camera = {
    .product = "qrpin test camera",
    .descriptor = &camera_descriptor,
    .power_on = stop,
    .class_request = class_request,
    .halt_cleared = halt_cleared,
    .work = work,
    .idle_milliseconds = idle_milliseconds,
    .command = command,
};

const struct device *camera_open(
    const char *path, const char *serial, const char *format, unsigned width, unsigned height) {
    kind = (struct picture_kind){.format = format, .width = width, .height = height};
    if (!picture_kind_is_known(&kind)) {
        note("no camera sends %s of %u x %u", format, width, height);
        return NULL;
    }
    only_choice.dwMaxVideoFrameSize = kind.bytes;
    only_choice.dwMaxPayloadTransferSize = PAYLOAD_HEADER_BYTES + kind.bytes;
    camera.serial = serial;
    camera.configuration = camera_configuration(&kind);
    return frames_load(&frames, path, &kind) ? &camera : NULL;
}
