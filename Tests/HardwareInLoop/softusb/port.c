/// The virtual USB port: the kernel's virtual host controller (vhci_hcd) at one end of a socket pair, the device at the
/// other. They speak USB/IP, of which this is the whole that a device needs: the messages after the import, as in
/// Documentation/usb/usbip_protocol.rst of the kernel's source. There is no network and no usbip tool.
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "request.h"

/// Written to with "PORT SOCKET DEVICE SPEED" (drivers/usb/usbip/vhci_sysfs.c: attach_store).
static const char ATTACH[] = "/sys/devices/platform/vhci_hcd.0/attach";
/// The controller's first eight ports are its high-speed ones (drivers/usb/usbip/vhci.h: VHCI_HC_PORTS).
enum { PORTS = 8 };

enum { CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };
enum { DIRECTION_OUT = 0, DIRECTION_IN = 1 };

/// usbip_header, all in network byte order.
struct message {
    uint32_t command, sequence, device, direction, endpoint;
    union {
        struct {
            uint32_t flags, length, start_frame, packets, interval;
            struct usb_ctrlrequest setup;
        } submit;
        struct {
            uint32_t status, length, start_frame, packets, errors;
        } submitted;
        struct {
            uint32_t sequence;
        } unlink;
        struct {
            uint32_t status;
        } unlinked;
    };
};

_Static_assert(sizeof(struct message) == 48, "usbip_protocol.rst: a header is padded to 48 bytes");

/// An IN transfer that the host has asked for and we have not answered.
struct transfer {
    uint32_t sequence;
    unsigned endpoint;
    size_t room;
};

static const struct device *plugged;
static int channel = -1;
/// In the order of their arrival. The camera's driver keeps 5 waiting (UVC_URBS), the keypad's 17 (ACM_NR and one for the
/// notifications), so 64 is plenty; a host that asks for more is let go.
static struct transfer waiting[64];
static unsigned waiting_count;

/// Requests to take a transfer back that came before it. The kernel's sender looks at its two queues in turn
/// (drivers/usb/usbip/vhci_tx.c: vhci_tx_loop), so one of the first that is queued in between is sent late. Whoever took it back waits until
/// it ends, without which the camera could not be opened again.
static struct {
    uint32_t sequence, victim;
} early[sizeof waiting / sizeof waiting[0]];
static unsigned early_count;
/// Of the newest transfer that the host asked for. Its numbers grow (vhci_hcd.c: vhci_tx_urb).
static uint32_t newest;

static bool receive(void *data, size_t count) {
    char *at = data;
    while (count > 0) {
        ssize_t done = recv(channel, at, count, MSG_WAITALL);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        count -= done;
    }
    return true;
}

static bool transmit(const void *data, size_t count) {
    const char *at = data;
    while (count > 0) {
        ssize_t done = send(channel, at, count, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        at += done;
        count -= done;
    }
    return true;
}

/// Ends a transfer. `status` is zero or a negative errno; `count` bytes went either way, and only IN data are sent along.
static void complete(uint32_t sequence, int status, const void *data, size_t count) {
    struct message answer = {
        .command = htonl(RET_SUBMIT),
        .sequence = htonl(sequence),
        .submitted = {.status = htonl(status), .length = htonl(count), .packets = htonl(0xffffffff)},
    };
    if (!transmit(&answer, sizeof answer) || (data != NULL && !transmit(data, count))) port_unplug();
}

/// Takes one transfer out of the queue and keeps the order of the others.
static struct transfer take(unsigned index) {
    struct transfer taken = waiting[index];
    waiting_count--;
    memmove(&waiting[index], &waiting[index + 1], (waiting_count - index) * sizeof waiting[0]);
    return taken;
}

static bool find(unsigned endpoint, unsigned *index) {
    for (unsigned i = 0; i < waiting_count; i++) {
        if (waiting[i].endpoint != endpoint) continue;
        *index = i;
        return true;
    }
    return false;
}

bool port_wanted(unsigned endpoint, size_t *room) {
    unsigned index;
    if (!find(endpoint, &index)) return false;
    *room = waiting[index].room;
    return true;
}

void port_answer(unsigned endpoint, const void *data, size_t count) {
    unsigned index;
    if (find(endpoint, &index)) complete(take(index).sequence, 0, data, count);
}

void port_stall(unsigned endpoint) {
    unsigned index;
    if (find(endpoint, &index)) complete(take(index).sequence, -EPIPE, NULL, 0);
}

static void answer_unlink(uint32_t sequence, int status) {
    struct message answer = {.command = htonl(RET_UNLINK), .sequence = htonl(sequence), .unlinked = {.status = htonl(status)}};
    if (!transmit(&answer, sizeof answer)) port_unplug();
}

/// Whether this transfer was taken back before it came; it has ended then.
static bool was_unlinked(uint32_t sequence) {
    for (unsigned i = 0; i < early_count; i++) {
        if (early[i].victim != sequence) continue;
        uint32_t request = early[i].sequence;
        early[i] = early[--early_count];
        answer_unlink(request, -ECONNRESET);
        return true;
    }
    return false;
}

/// A request on the control endpoint: answered at once.
static void control_submitted(uint32_t sequence, const struct usb_ctrlrequest *setup, uint8_t *data) {
    bool to_host = (setup->bRequestType & USB_DIR_IN) != 0;
    int count = request_answer(plugged, setup, data);
    if (count == STALL) {
        complete(sequence, -EPIPE, NULL, 0);
    } else if (to_host) {
        // The host may ask for less than there is (USB 2.0 §9.3.5).
        complete(sequence, 0, data, count < setup->wLength ? count : setup->wLength);
    } else {
        complete(sequence, 0, NULL, setup->wLength);
    }
}

static void submitted(const struct message *message) {
    // A control transfer has at most 65535 bytes (USB 2.0 §9.3.5).
    static uint8_t data[65536];
    uint32_t sequence = ntohl(message->sequence);
    unsigned endpoint = ntohl(message->endpoint);
    bool to_host = ntohl(message->direction) == DIRECTION_IN;
    size_t length = ntohl(message->submit.length);

    newest = sequence;
    if (!to_host && (length > sizeof data || !receive(data, length))) {
        note("the host went away in the middle of a transfer");
        port_unplug();
    } else if (was_unlinked(sequence)) {
        note("taken back before it came");
    } else if (endpoint == 0) {
        control_submitted(sequence, &message->submit.setup, data);
    } else if (!to_host) {
        // A keypad that is written to, perhaps by an echo, takes it and does nothing.
        complete(sequence, 0, NULL, length);
    } else if (waiting_count == sizeof waiting / sizeof waiting[0]) {
        note("the host asks for more transfers than we keep");
        port_unplug();
    } else {
        waiting[waiting_count++] = (struct transfer){sequence, endpoint, length};
    }
}

/// The host takes a transfer back. One that still waits ends as reset; for one that was answered, the answer stands.
static void unlinked(const struct message *message) {
    uint32_t sequence = ntohl(message->sequence), victim = ntohl(message->unlink.sequence);
    for (unsigned i = 0; i < waiting_count; i++) {
        if (waiting[i].sequence != victim) continue;
        take(i);
        answer_unlink(sequence, -ECONNRESET);
        return;
    }
    if (victim > newest && early_count < sizeof early / sizeof early[0]) {
        early[early_count].sequence = sequence;
        early[early_count++].victim = victim;
    } else {
        answer_unlink(sequence, 0);
    }
}

void port_serve(void) {
    struct message message;
    if (!receive(&message, sizeof message)) {
        note("the host let go");
        port_unplug();
    } else if (message.command == htonl(CMD_SUBMIT)) {
        submitted(&message);
    } else if (message.command == htonl(CMD_UNLINK)) {
        unlinked(&message);
    } else {
        note("the host sent a message that is not USB/IP");
        port_unplug();
    }
}

int port_descriptor(void) {
    return channel;
}

/// Hands the kernel its end of the socket pair. A port that is taken, or still being left, is EBUSY: the next one will do.
static bool attach(int kernels_end) {
    for (int port = 0; port < PORTS; port++) {
        char line[64];
        // The device number has meaning only between hosts; the kernel's own tool puts bus and device there.
        int length = snprintf(line, sizeof line, "%d %d %d %d", port, kernels_end, (1 << 16) | (port + 1), USB_SPEED_HIGH);
        int file = open(ATTACH, O_WRONLY);
        if (file < 0) return false;
        bool attached = write(file, line, length) == length;
        int reason = errno;
        close(file);
        if (attached) return true;
        errno = reason;
        if (reason != EBUSY) return false;
    }
    return false;
}

void port_plug(const struct device *device) {
    if (channel >= 0) return;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        note("no socket pair: %s", strerror(errno));
        return;
    }
    bool attached = attach(ends[1]);
    int reason = errno;
    close(ends[1]);
    if (!attached) {
        note("%s: %s", ATTACH, strerror(reason));
        close(ends[0]);
        return;
    }
    channel = ends[0];
    plugged = device;
    device->power_on();
    note("plugged");
}

/// The kernel takes the end of the stream for the end of the device (drivers/usb/usbip/vhci_rx.c).
void port_unplug(void) {
    if (channel < 0) return;
    close(channel);
    channel = -1;
    waiting_count = early_count = 0;
    newest = 0;
    note("unplugged");
}
