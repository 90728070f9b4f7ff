/// The virtual USB port: it carries requests and transfers between the device and the guest's kernel.
#ifndef SOFTUSB_PORT_H
#define SOFTUSB_PORT_H

#include "device.h"

/// Plugs the device in. Does nothing when it is.
void port_plug(const struct device *device);

/// Pulls the plug. The kernel sees what it sees when somebody pulls the cable.
void port_unplug(void);

/// Readable when the kernel has something for the device; negative while unplugged.
int port_descriptor(void);

/// Takes one message from the kernel. Requests are answered at once; IN transfers wait for `port_answer`.
void port_serve(void);

/// Whether the host waits for data from an IN endpoint, and how many bytes it has room for.
bool port_wanted(unsigned endpoint, size_t *room);

/// Gives the longest waiting transfer of that endpoint its data, at most as many bytes as it has room for.
void port_answer(unsigned endpoint, const void *data, size_t count);

/// Refuses the longest waiting transfer of that endpoint: the endpoint is halted (USB 2.0 §8.4.5).
void port_stall(unsigned endpoint);

#endif
