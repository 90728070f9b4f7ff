#include <linux/input.h>
#include <sys/ioctl.h>

// ioctl() is variadic, which Swift cannot call, and these requests are macros, most of them with an argument, which Swift cannot import.

/// No other program and not the kernel's own console gets the device's events, until the descriptor closes.
static inline int cinput_grab(int fd) { return ioctl(fd, EVIOCGRAB, 1); }

/// The keys that a device has, a bit each.
static inline int cinput_keys(int fd, unsigned char *bits, unsigned size) { return ioctl(fd, EVIOCGBIT(EV_KEY, size), bits); }

/// Those of them that are down.
static inline int cinput_held_keys(int fd, unsigned char *bits, unsigned size) { return ioctl(fd, EVIOCGKEY(size), bits); }
