/// A keypad or a barcode scanner that is a keyboard, through the kernel's uinput; and another program's look at one.
///
/// usage: keyboard device NAME VENDOR PRODUCT --control FIFO       plugs it in; the numbers are hexadecimal
///        keyboard watch NODE                                      opens an event node, and prints each key's code and value
///        keyboard keep NODE                                       grabs an event node until it is killed
///
/// Commands, a line each:
///
///     plug | unplug
///     down CODE | up CODE                    of linux/input-event-codes.h
///     keypad DIGITS                          on the number pad; # is Enter, * is *, < is Backspace, C is Esc, space waits 80 ms
///     type TEXT                              as a scanner does for a keyboard of the US, with Enter behind it
///     number TEXT                            the same, each character as Alt and its number
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int device = -1;

static void fail(const char *what) {
    fprintf(stderr, "keyboard: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void emit(int type, int code, int value) {
    struct input_event event = {.type = type, .code = code, .value = value};
    if (device >= 0 && write(device, &event, sizeof event) != sizeof event) fail("write");
}

static void stroke(int code, int value) {
    emit(EV_KEY, code, value);
    emit(EV_SYN, SYN_REPORT, 0);
}

static void press(int code) {
    stroke(code, 1);
    stroke(code, 0);
}

static void plug(const char *name, int vendor, int product) {
    struct uinput_setup setup = {.id = {.bustype = BUS_USB, .vendor = vendor, .product = product, .version = 1}};
    snprintf(setup.name, sizeof setup.name, "%s", name);
    device = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
    if (device < 0) fail("/dev/uinput");
    // EV_REP: the kernel repeats a key that is held. 1 to 127 are the keys of a keyboard of 105 and of its number pad.
    if (ioctl(device, UI_SET_EVBIT, EV_KEY) || ioctl(device, UI_SET_EVBIT, EV_REP)) fail("UI_SET_EVBIT");
    for (int code = 1; code < 128; code++)
        if (ioctl(device, UI_SET_KEYBIT, code)) fail("UI_SET_KEYBIT");
    if (ioctl(device, UI_DEV_SETUP, &setup) || ioctl(device, UI_DEV_CREATE)) fail("UI_DEV_CREATE");
}

static void unplug(void) {
    close(device);
    device = -1;
}

static const int pad[] = {KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};

static void keypad(const char *keys) {
    for (; *keys; keys++) {
        if (*keys >= '0' && *keys <= '9') press(pad[*keys - '0']);
        if (*keys == '#') press(KEY_KPENTER);
        if (*keys == '*') press(KEY_KPASTERISK);
        if (*keys == '<') press(KEY_BACKSPACE);
        if (*keys == 'C') press(KEY_ESC);
        if (*keys == ' ') usleep(80000);
    }
}

/// The rows of a keyboard of the US, without and with Shift, and the code of each one's first key.
static const struct {
    const char *plain, *shifted;
    int first;
} rows[] = {
    {"1234567890-=", "!@#$%^&*()_+", KEY_1},  {"qwertyuiop[]", "QWERTYUIOP{}", KEY_Q}, {"asdfghjkl;'`", "ASDFGHJKL:\"~", KEY_A},
    {"\\zxcvbnm,./", "|ZXCVBNM<>?", KEY_BACKSLASH},
};

static void character(char wanted) {
    for (unsigned row = 0; row < sizeof rows / sizeof *rows; row++) {
        const char *plain = strchr(rows[row].plain, wanted), *shifted = strchr(rows[row].shifted, wanted);
        if (plain) press(rows[row].first + (int)(plain - rows[row].plain));
        if (plain || !shifted) continue;
        stroke(KEY_LEFTSHIFT, 1);
        press(rows[row].first + (int)(shifted - rows[row].shifted));
        stroke(KEY_LEFTSHIFT, 0);
    }
}

static void number(char wanted) {
    char digits[8];
    snprintf(digits, sizeof digits, "%04d", (unsigned char)wanted);
    stroke(KEY_LEFTALT, 1);
    for (char *digit = digits; *digit; digit++) press(pad[*digit - '0']);
    stroke(KEY_LEFTALT, 0);
}

/// Scanners leave some milliseconds between characters, so that slow computers can follow.
static void scan(const char *text, void (*type)(char)) {
    for (; *text; text++) {
        type(*text);
        usleep(5000);
    }
    press(KEY_ENTER);
}

static void obey(char *line, const char *name, int vendor, int product) {
    line[strcspn(line, "\n")] = 0;
    char *argument = strchr(line, ' ');
    if (argument) *argument++ = 0;
    if (!strcmp(line, "plug") && device < 0) plug(name, vendor, product);
    if (!strcmp(line, "unplug")) unplug();
    if (!argument) return;
    if (!strcmp(line, "down")) stroke(atoi(argument), 1);
    if (!strcmp(line, "up")) stroke(atoi(argument), 0);
    if (!strcmp(line, "keypad")) keypad(argument);
    if (!strcmp(line, "type")) scan(argument, character);
    if (!strcmp(line, "number")) scan(argument, number);
}

static int watch(const char *node) {
    int descriptor = open(node, O_RDONLY);
    if (descriptor < 0) fail(node);
    struct input_event event;
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("open");
    while (read(descriptor, &event, sizeof event) == sizeof event)
        if (event.type == EV_KEY) printf("%d %d\n", event.code, event.value);
    return 0;
}

static void keep(const char *node) {
    int descriptor = open(node, O_RDONLY);
    if (descriptor < 0 || ioctl(descriptor, EVIOCGRAB, 1)) fail(node);
    puts("kept");
    fflush(stdout);
    for (;;) pause();
}

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "watch")) return watch(arguments[2]);
    if (count == 3 && !strcmp(arguments[1], "keep")) keep(arguments[2]);
    if (count != 7 || strcmp(arguments[1], "device")) return 2;
    int vendor = (int)strtol(arguments[3], NULL, 16), product = (int)strtol(arguments[4], NULL, 16);
    plug(arguments[2], vendor, product);
    // Read and write, so that it does not end between one writer and the next.
    FILE *control = fopen(arguments[6], "r+");
    if (!control) fail(arguments[6]);
    char line[4096];
    while (fgets(line, sizeof line, control)) obey(line, arguments[2], vendor, product);
    return 0;
}
