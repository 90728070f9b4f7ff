"""Plays the person, and the keypad or the scanner: reads the tool's questions, and presses keys that only the right speed lets through."""

import functools
import os
import pty
import re
import shlex
import subprocess
import sys
import termios
import time
import tty

PROGRAMS = sys.argv[1]


def parity(data):
    """7 data bits and even parity, as they are heard with 8N1."""
    return bytes(byte | (bin(byte).count("1") % 2) << 7 for byte in data)


def lrc(data):
    return bytes([functools.reduce(lambda a, b: a ^ b, data, 0)])


def frame(text):
    return b"\x02" + text + b"\x03"


def wiegand8(text):
    number = b"0123456789*#".index(text)
    return bytes([(~number & 15) << 4 | number])


def terminal(text):
    return b"\x1bO" + bytes([text[0] + 0x40]) if text.isdigit() else {b"\r": b"\x1bOM", b"c": b"\x1bOS"}.get(text, text)


ENTER, CANCEL = b"\r", b"c"
# Name, speed, enter, the keypad's other keys by question, what is sent for a key, whether it sends lines, and the options.
KEYPADS = [
    ("plain", 9600, b"#", {"cancels": b"\x1b"}, lambda key: key, False,
     "--keypad-baud 9600 --keypad-framing 8N1 --keypad-format ascii --keypad-enter # --keypad-correct '' --keypad-clear '' --keypad-cancel ESC"),
    ("4800 baud, 7E1, frames with a checksum", 4800, b"E", {"one digit": b"\x08", "all digits": b"*"},
     lambda key: parity(frame(key) + lrc(key + b"\x03")), False,
     "--keypad-baud 4800 --keypad-framing 7E1 --keypad-format frames --keypad-checksum lrc "
     "--keypad-enter E --keypad-correct BS --keypad-clear '*' --keypad-cancel ''"),
    ("lines", 19200, None, {"cancels": b"C"}, frame, True,
     "--keypad-baud 19200 --keypad-framing 8N1 --keypad-format lines --keypad-enter '' --keypad-correct '' --keypad-clear '' --keypad-cancel C"),
    ("VT100", 9600, ENTER, {"cancels": CANCEL}, terminal, False,
     "--keypad-baud 9600 --keypad-framing 8N1 --keypad-format vt --keypad-enter '' --keypad-correct '' --keypad-clear '' --keypad-cancel ''"),
    ("Wiegand", 9600, b"#", {"all digits": b"*"}, wiegand8, False,
     "--keypad-baud 9600 --keypad-framing 8N1 --keypad-format wiegand8 --keypad-enter # --keypad-correct '' --keypad-clear '*' --keypad-cancel ''"),
]
SPEEDS = {4800: termios.B4800, 9600: termios.B9600, 19200: termios.B19200, 115200: termios.B115200}


class Keypad:
    def __init__(self, speed, send, is_line):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path, self.speed, self.send, self.is_line = os.ttyname(self.slave), speed, send, is_line

    def press(self, keys):
        """Each key of a sequence; a keypad that sends lines sends them all with the last, which is enter."""
        for data in [b"".join(keys[:-1])] if self.is_line and len(keys) > 1 else keys:
            data = self.send(data)
            # At another speed each byte is something else.
            heard = termios.tcgetattr(self.master)[4] == SPEEDS[self.speed]
            os.write(self.master, data if heard else bytes((byte * 7 + 91) & 0xFF | 0x80 for byte in data))
            time.sleep(0.25)


def learn(name, speed, enter, others, send, is_line, expected):
    keypad = Keypad(speed, send, is_line)
    tool = subprocess.Popen([f"{PROGRAMS}/qrpin", "keypad", "learn", "--keypad", keypad.path, "--patience", "3"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
    asked = []
    for question in tool.stderr:
        asked.append(question)
        if "Listening" in question:
            time.sleep(0.3)  # It says so before it has set the speed.
            for _ in range(3):
                keypad.press([b"1", enter])
        elif "0 1 2 3" in question:
            keypad.press([b"%d" % digit for digit in range(10)] + [enter])
        elif match := re.match(r"Press (\d)\.", question):
            keypad.press([match[1].encode()])
        elif question.startswith("Press enter"):
            keypad.press([enter])
        elif match := re.search("that (takes back )?(.*?);", question):
            if match[2] in others:
                keypad.press([others[match[2]]])
            else:
                tool.stdin.write("\n")
                tool.stdin.flush()
    said, status = tool.stdout.read(), tool.wait()
    options = shlex.split(said)
    if status != 0 or options != ["--keypad", keypad.path] + shlex.split(expected):
        sys.exit(f"FAIL {name}: {status}\n{said}\n{''.join(asked)}")
    print(f"ok   {name}")


for entry in KEYPADS:
    learn(*entry)

# Name, speed, what is sent around the code's text, and the options.
SCANNERS = [
    ("a scanner with an identifier", 115200, lambda text: b"]Q1" + text + b"\r",
     "--reader-baud 115200 --reader-framing 8N1 --reader-prefix '' --reader-suffix CR"),
    ("a scanner with seven bits, prefix and suffix", 9600, lambda text: parity(b"\x02" + text + b"\x03"),
     "--reader-baud 9600 --reader-framing 7E1 --reader-prefix STX --reader-suffix ETX"),
    ("a scanner that ends by a pause", 19200, lambda text: text,
     "--reader-baud 19200 --reader-framing 8N1 --reader-prefix '' --reader-suffix ''"),
]


def learn_scanner(name, speed, send, expected):
    scanner = Keypad(speed, send, False)
    tool = subprocess.Popen([f"{PROGRAMS}/qrpin", "reader", "learn", "--reader", scanner.path, "--patience", "3"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
    asked = []
    for line in tool.stderr:
        asked.append(line)
        if "Listening" in line:
            time.sleep(0.3)
            scanner.press([b"qrpin reader"] * 3)
    said, status = tool.stdout.read(), tool.wait()
    if status != 0 or shlex.split(said) != ["--reader", scanner.path] + shlex.split(expected):
        sys.exit(f"FAIL {name}: {status}\n{said}\n{''.join(asked)}")
    print(f"ok   {name}")


for entry in SCANNERS:
    learn_scanner(*entry)

unplugged = subprocess.run([f"{PROGRAMS}/qrpin", "keypad", "learn", "--keypad", "/dev/no-such-port"], capture_output=True, text=True)
if unplugged.returncode == 0 or "there is no such port" not in unplugged.stderr:
    sys.exit(f"FAIL a port that is not there: {unplugged.stderr}")
print("ok   a port that is not there")
