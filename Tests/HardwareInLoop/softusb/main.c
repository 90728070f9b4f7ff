/// softusb: a USB camera or a USB keypad in software, plugged into the virtual port of the kernel that it runs under. The
/// kernel's own drivers make /dev/videoN and /dev/ttyACMN of them, as for hardware.
///
///     softusb camera [--format YUYV|UYVY|NV12|YU12|GREY|BGR3|MJPG] [--size 640x480] [--serial 0001] --control FIFO FRAMES
///     softusb keypad --control FIFO
///
/// It plugs itself in and then follows the commands that are written to the fifo, one a line:
///
///     plug | unplug                                 either device
///     show FILE | blank                             the camera: what it sees from the next frame on
///     freeze | thaw | halt                          it sends nothing, until thaw; its endpoint stalls, until it is reset
///     cut N | garble N | flag N                     the next N frames are half, noise, or have the error bit
///     type TEXT                                     the keypad; \r, \n and \\ are understood
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port.h"

static const char USAGE[] =
    "usage: softusb camera [--format FORMAT] [--size WxH] [--serial SERIAL] --control FIFO FRAMES\n"
    "       softusb keypad --control FIFO\n";

static const char *name = "softusb";

void note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void obey(const struct device *device, char *line) {
    char *argument = strchr(line, ' ');
    if (argument != NULL) {
        *argument++ = 0;
    } else {
        argument = line + strlen(line);
    }
    if (strcmp(line, "plug") == 0) {
        port_plug(device);
    } else if (strcmp(line, "unplug") == 0) {
        port_unplug();
    } else if (!device->command(line, argument)) {
        note("no such command: %s", line);
    }
}

/// Follows the complete lines and keeps what follows them. A line that is too long is dropped.
static void read_commands(const struct device *device, int fifo) {
    static char pending[4096];
    static size_t count;
    ssize_t done = read(fifo, pending + count, sizeof pending - count);
    if (done <= 0) return;
    count += done;
    char *end;
    while ((end = memchr(pending, '\n', count)) != NULL) {
        *end = 0;
        obey(device, pending);
        count -= end + 1 - pending;
        memmove(pending, end + 1, count);
    }
    if (count == sizeof pending) count = 0;
}

static void serve(const struct device *device, int fifo) {
    for (;;) {
        // A negative descriptor, as of the unplugged port, is passed over by poll().
        struct pollfd ready[] = {{.fd = port_descriptor(), .events = POLLIN}, {.fd = fifo, .events = POLLIN}};
        if (poll(ready, 2, device->idle_milliseconds()) < 0 && errno != EINTR) return;
        if (ready[0].revents != 0) port_serve();
        if (ready[1].revents != 0) read_commands(device, fifo);
        device->work();
    }
}

static const struct device *open_device(
    const char *kind, const char *frames, const char *serial, const char *format, const char *size) {
    unsigned width, height;
    if (strcmp(kind, "camera") == 0 && frames != NULL && sscanf(size, "%ux%u", &width, &height) == 2) {
        return camera_open(frames, serial, format, width, height);
    }
    if (strcmp(kind, "keypad") == 0 && frames == NULL) return keypad_open();
    fputs(USAGE, stderr);
    return NULL;
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"control", required_argument, NULL, 'c'},
        {"format", required_argument, NULL, 'f'},
        {"serial", required_argument, NULL, 'n'},
        {"size", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    const char *control = NULL;
    const char *serial = "0001";
    const char *format = "YUYV";
    const char *size = "640x480";
    for (int option; (option = getopt_long(count, arguments, "", options, NULL)) >= 0;) {
        if (option == 'c') control = optarg;
        if (option == 'f') format = optarg;
        if (option == 'n') serial = optarg;
        if (option == 's') size = optarg;
        if (option == '?') return 2;
    }
    if (control == NULL || optind >= count) {
        fputs(USAGE, stderr);
        return 2;
    }
    name = arguments[optind];
    // arguments[count] is NULL, so a keypad's missing FRAMES is too.
    const struct device *device = open_device(arguments[optind], arguments[optind + 1], serial, format, size);
    if (device == NULL) return 2;
    // For reading and writing, so that there is no end of file when a writer closes it.
    int fifo = open(control, O_RDWR | O_CLOEXEC);
    if (fifo < 0) {
        note("%s: %s", control, strerror(errno));
        return 1;
    }
    port_plug(device);
    if (port_descriptor() < 0) return 1;
    serve(device, fifo);
    return 1;
}
