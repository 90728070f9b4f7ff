"""libosdp's device at one end of a serial line, a pseudo-terminal at the other, and what can happen to frames in between."""

import binascii
import os
import pty
import random
import threading
import time
import tty

import osdp

KEYPAD, CHALLENGE = 0x53, 0x76


def sealed(content):
    """With its CRC, which is no secret."""
    return content + binascii.crc_hqx(content, 0x1D0F).to_bytes(2, "little")


def plain(command, code, data=b""):
    """A reply to a command outside of the secure channel, as anybody on the wire can make it."""
    return sealed(bytes([0x53, command[1] | 0x80, 8 + len(data), 0, command[4] & 0x03 | 0x04, code]) + data)


def code(frame):
    """Of a command or reply, behind the security block, if there is one."""
    return frame[5 + (frame[5] if frame[4] & 0x08 else 0)]


class Line(osdp.Channel):
    """What the device reads and writes. `path` stays the same when it is plugged in again, as udev's links do."""

    def __init__(self, path):
        super().__init__()
        self.path, self.master, self.lock = path, None, threading.Lock()
        self.last_command, self.replies = b"", 0
        self.honest()
        self.plug()

    def honest(self):
        self.on_command = self.on_reply = lambda frame: frame

    def plug(self):
        with self.lock:
            self.master, other = pty.openpty()
            tty.setraw(other)
            os.set_blocking(self.master, False)
            self.other = other
            if os.path.lexists(self.path):
                os.unlink(self.path)
            os.symlink(os.ttyname(other), self.path)

    def unplug(self):
        with self.lock:
            os.unlink(self.path)
            os.close(self.other)
            os.close(self.master)
            self.master = None

    def send(self, data):
        with self.lock:
            if self.master is not None:
                os.write(self.master, data)

    def read(self, max_bytes):
        with self.lock:
            try:
                data = os.read(self.master, max_bytes) if self.master is not None else b""
            except (BlockingIOError, OSError):
                return b""
        if not data:
            return b""
        self.last_command = data.lstrip(b"\xff")
        return self.on_command(data)

    def write(self, buf):
        self.replies += 1
        data = self.on_reply(bytes(buf))
        if data:
            self.send(data)
        return len(buf)

    def flush(self):
        pass


class Noise:
    """Before each frame there is noise; every so many-th is lost, if any."""

    def __init__(self, lost=0):
        self.every, self.count, self.random, self.lost = lost, 0, random.Random(1), 0

    def __call__(self, frame):
        self.count += 1
        if self.every and self.count % self.every == 0:
            self.lost += 1
            return b""
        return bytes(self.random.randrange(256) for _ in range(self.random.randrange(4))) + frame


def damaged(frame):
    """One bit is not as it was sent."""
    at = random.randrange(len(frame))
    return frame[:at] + bytes([frame[at] ^ 1 << random.randrange(8)]) + frame[at + 1:]


class Device:
    """A keypad with a light, a buzzer and a display of 16 characters."""

    def __init__(self, line, key=None):
        capabilities = osdp.PDCapabilities([
            (osdp.Capability.LEDControl, 1, 1), (osdp.Capability.AudibleControl, 1, 1), (osdp.Capability.TextOutput, 1, 1)])
        flags = [osdp.LibFlag.EnforceSecure] if key else [osdp.LibFlag.InstallMode]
        self.shown = []
        self.key = None
        self.device = osdp.PeripheralDevice(
            osdp.PDInfo(3, line, scbk=key, flags=flags), capabilities, osdp.LogLevel.Critical, self.command)
        self.device.start()

    def command(self, command):
        if command["command"] == osdp.Command.Keyset:
            self.key = bytes(command["data"])
        else:
            self.shown.append(command)
        return 0, None

    def of(self, kind, name):
        return [command[name] for command in self.shown if command["command"] == kind]

    def press(self, keys):
        for key in keys:
            self.device.submit_event({"event": osdp.Event.KeyPress, "reader_no": 0, "data": key.encode()})
            time.sleep(0.08)

    def card(self, bits, data):
        self.device.submit_event({"event": osdp.Event.CardRead, "reader_no": 0, "direction": 0, "format": osdp.CardFormat.Wiegand,
                                  "length": bits, "data": data})

    def end(self):
        self.device.teardown()
