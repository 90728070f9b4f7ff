"""Plays a serial barcode scanner and a keypad to a kiosk without a camera: a parcel's code, one that is cut off, then a badge and its PIN."""

import os
import pty
import re
import subprocess
import sys
import time
import tty

badge, pin, kiosk = open(sys.argv[1], "rb").read().strip(), sys.argv[2].encode(), sys.argv[3:]
TRIGGER, RELEASE, GOOD, BAD = b"\x16T\r", b"\x16U\r", b"G", b"B"


def port():
    device, other = pty.openpty()
    tty.setraw(other)
    os.set_blocking(device, False)
    return device, os.ttyname(other), other


scanner, scanner_path, _held = port()
keypad, keypad_path, _also_held = port()
process = subprocess.Popen(
    kiosk + ["--no-camera", "--reader", scanner_path, "--reader-prefix", "STX", "--reader-suffix", "CR,LF",
             "--reader-trigger", "SYN,T,CR", "--reader-release", "SYN,U,CR", "--reader-good", "G", "--reader-bad", "B",
             "--keypad", keypad_path, "--once", "2"],
    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
shown = []


def wait_for(sentence):
    for line in process.stdout:
        shown.append(line)
        if sentence in line:
            return
    fail(f"the kiosk did not say: {sentence}")


def fail(reason):
    process.kill()
    sys.exit(f"FAIL {reason}\n{''.join(shown)}{process.stderr.read()}")


def scan(text):
    os.write(scanner, b"\x02]Q1" + text + b"\r\n")


wait_for("Scan your badge")
heard = b""
while not heard:  # Before the kiosk has opened the port, what is scanned is lost.
    time.sleep(0.05)
    try:
        heard = os.read(scanner, 64)
    except BlockingIOError:
        pass
scan(b"parcel 12345")
wait_for("not a badge")
wait_for("Scan your badge")
os.write(scanner, b"\x02]Q1" + badge[:40])
# Until it is given up.
said = ""
for line in process.stderr:
    said += line
    if "no whole code" in line:
        break
scan(badge)
scan(badge)
wait_for("Type your PIN")
os.write(keypad, pin[:1])
for digit in pin[1:] + b"\r":
    time.sleep(0.1)
    os.write(keypad, bytes([digit]))
wait_for("You are signed in")
said, status = said + process.stderr.read(), process.wait()
heard += os.read(scanner, 4096)
if status != 0:
    fail(f"it ended with {status}: {said}")
# The second scan of the badge was the same one, held off.
# It may be triggered twice as the port is opened, and once more before the kiosk ends.
if re.sub(b"(" + re.escape(TRIGGER) + b")+", TRIGGER, heard).removesuffix(TRIGGER) != TRIGGER + BAD + RELEASE + TRIGGER + RELEASE + GOOD + GOOD:
    fail(f"the scanner was sent {heard}")
if "no whole code" not in said or badge.decode() in said + "".join(shown):
    fail(f"the log says: {said}")
