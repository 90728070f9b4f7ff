"""The steps behind Tests/OSDP/run. Each is a function; its name says what holds, and it builds on those before it.

usage: keypad.py DIRECTORY-OF-PROGRAMS SITE URL-OF-THE-SERVICE
"""

import json
import os
import pty
import re
import secrets
import subprocess
import time
import tty

import osdp

import kiosk_steps
import line as wire
from kiosk_steps import BADGE, NEW_PIN, PIN, bin, outcomes, run, site, wait_until

KEY_FILE = site / "keypad.key"


class Kiosk(kiosk_steps.Kiosk):
    """One that has a barcode scanner and an OSDP keypad."""

    scanned = 0

    def __init__(self):
        self.reader, self._held = pty.openpty()
        tty.setraw(self._held)
        super().__init__(
            f"reader = {os.ttyname(self._held)}", f"keypad = {line.path}", f"keypad.osdp = {KEY_FILE}", "keypad.address = 3")

    def is_ready(self):
        wait_until(lambda: self.state()["phase"] == "idle", f"an idle kiosk: {self.state()}")
        self.seen = len(self.screen.read_text())

    def scan(self):
        """Until the kiosk asks for the PIN; the same badge sooner than the hold-off is none."""
        self.is_ready()
        time.sleep(max(0, 3.3 - (time.monotonic() - self.scanned)))
        os.write(self.reader, BADGE + b"\r")
        self.scanned = time.monotonic()
        self.says("Type your PIN")

    def type(self, pin):
        """As a person does: who sees that digits are gone begins again."""
        for _ in range(5):
            device.press("*" + pin)
            try:
                wait_until(lambda: self.state().get("typed") == len(pin), "all digits", 3)
            except AssertionError:
                continue
            return device.press("\r")
        raise AssertionError(f"the PIN cannot be typed: {self.state()}")


def has_ended(*expected):
    wait_until(lambda: sorted(outcomes()) == sorted(expected), f"{expected}: {outcomes()}")


def pair(key=KEY_FILE, status=0):
    done = subprocess.run(
        [f"{bin}/qrpin", "keypad", "pair", "--keypad", line.path, "--keypad-baud", "9600", "--keypad-address", "3", "--key", key],
        capture_output=True, text=True, timeout=30)
    assert done.returncode == status, done
    return done.stdout + done.stderr


# The steps, in order

def a_new_keypad_gets_a_key_that_its_file_alone_keeps():
    global device
    device = wire.Device(line)
    said = pair()
    assert f"--keypad '{line.path}' --keypad-baud 9600 --keypad-osdp '{KEY_FILE}' --keypad-address 3" in said, said
    assert device.key.hex() == KEY_FILE.read_text().strip() and device.key.hex() not in said
    assert KEY_FILE.stat().st_mode & 0o777 == 0o600
    device.end()
    device = wire.Device(line, device.key)


def pairing_again_changes_nothing_and_another_key_is_not_taken():
    before = KEY_FILE.read_text()
    assert "--keypad-osdp" in pair() and KEY_FILE.read_text() == before
    said = pair(site / "other.key", status=64)
    assert "has a key already" in said and device.key is None and not (site / "other.key").exists(), said


def a_person_signs_in_by_it_with_noise_and_lost_frames_on_the_line():
    global kiosk
    kiosk = Kiosk()
    kiosk.logs(f"keypad {line.path} is there")
    line.on_command, line.on_reply = wire.Noise(lost=7), wire.Noise()
    kiosk.scan()
    kiosk.type(PIN)
    for question in ["Choose a new PIN", "Type the new PIN again"]:
        kiosk.says(question)
        kiosk.type(NEW_PIN)
    kiosk.says("You are signed in")
    assert line.on_command.lost >= 5, line.on_command.lost
    line.honest()
    has_ended("signedIn")


def the_keypad_shows_what_the_page_says():
    kiosk.is_ready()
    wait_until(lambda: device.of(osdp.Command.Text, "data")[-1].strip() == "Show badge", f"its display: {device.shown[-3:]}")
    texts = {text.strip() for text in device.of(osdp.Command.Text, "data")}
    assert {"Show badge", "PIN", "Signed in"} <= texts and all(len(text) == 16 for text in device.of(osdp.Command.Text, "data")), texts
    assert osdp.CommandLEDColor.Green in device.of(osdp.Command.LED, "on_color")
    assert device.of(osdp.Command.Buzzer, "rep_count")
    assert not re.search(r"\d", "".join(texts)), texts


def a_forged_reply_is_no_key():
    global forged
    forged = 0

    def forge(frame):
        """Another key, another authentication code, or no secure channel at all."""
        global forged
        if wire.code(frame) != wire.KEYPAD:
            return frame
        forged += 1
        at = [8, len(frame) - 3, None][forged % 3]
        if at is None:
            return wire.plain(line.last_command, wire.KEYPAD, b"\x00\x019")
        content = bytearray(frame[:-2])
        content[at] ^= 1
        return wire.sealed(bytes(content))

    kiosk.scan()
    line.on_reply = forge
    device.press("999")
    wait_until(lambda: forged >= 3, "three forged keys")
    time.sleep(0.5)
    line.honest()
    assert kiosk.state()["typed"] == 0, kiosk.state()


def what_was_typed_is_cleared_where_a_digit_may_be_missing():
    """libosdp's device does not repeat a reply, as the standard asks: one that is lost costs the session."""
    for change in [lambda frame: b"", wire.damaged, lambda frame: wire.plain(line.last_command, 0x41, b"\x06")]:
        changed = []

        def once(frame):
            if wire.code(frame) != wire.KEYPAD or changed:
                return frame
            changed.append(frame)
            return change(frame)

        wait_until(device.device.is_sc_active, "a session")
        device.press("12")
        wait_until(lambda: kiosk.state()["typed"] == 2, "two digits")
        line.on_reply = once
        device.press("3")
        wait_until(lambda: kiosk.state()["typed"] == 0, "no digits")
        assert changed
        line.honest()
    kiosk.type(NEW_PIN)
    kiosk.says("You are signed in")
    has_ended("signedIn", "signedIn")


def the_number_of_a_card_signs_nobody_in():
    kiosk.is_ready()
    device.card(26, bytes.fromhex("12ab34c0"))
    kiosk.says("This card cannot sign you in.")
    has_ended("signedIn", "signedIn", "cardWithoutBadge")


def a_keypad_that_is_unplugged_comes_back():
    kiosk.is_ready()
    line.unplug()
    kiosk.says("Out of order")
    wait_until(lambda: kiosk.state()["keypad"] == "absent", "no keypad")
    device.shown.clear()
    line.plug()
    wait_until(lambda: kiosk.state()["keypad"] == "present", "the keypad")
    wait_until(lambda: "Show badge" in "".join(device.of(osdp.Command.Text, "data")), "its display")


def a_device_with_another_key_is_refused():
    global device
    kiosk.is_ready()
    key = bytes.fromhex(KEY_FILE.read_text())
    device.end()
    device = wire.Device(line, secrets.token_bytes(16))
    kiosk.logs("has another key. Reset it")
    assert kiosk.state()["keypad"] == "absent"
    device.press("12")
    device.end()
    device = wire.Device(line, key)
    wait_until(lambda: kiosk.state()["keypad"] == "present", "the keypad")


def a_device_with_the_standard_key_is_refused():
    global device
    device.end()
    device = wire.Device(line)
    kiosk.logs("has another key. Reset it", 2)
    line.on_reply = lambda frame: frame if wire.code(frame) != wire.CHALLENGE else wire.sealed(frame[:7] + b"\0" + frame[8:-2])
    kiosk.logs("has the key that every device comes with, and is refused")
    line.honest()
    assert kiosk.state()["keypad"] == "absent"


def a_device_without_a_secure_channel_is_refused():
    def in_clear(frame):
        """It knows no challenge, and tells keys to who asks for none."""
        command = line.last_command
        return wire.plain(command, 0x41, b"\x05") if wire.code(command) == wire.CHALLENGE else wire.plain(command, wire.KEYPAD, b"\0\x011")

    line.on_reply = in_clear
    kiosk.logs("has no secure channel, and is refused")
    assert kiosk.state()["keypad"] == "absent"


def the_doctor_and_check_know_the_key_file():
    def check(path):
        done = subprocess.run([f"{bin}/qrpin-kiosk", "--config", site / "kiosk.conf", "--check", "--keypad-osdp", path],
                              capture_output=True, text=True)
        return done.returncode, done.stderr

    assert check(KEY_FILE) == (0, ""), check(KEY_FILE)
    assert check(site / "none")[0] == 64 and "qrpin keypad pair" in check(site / "none")[1], check(site / "none")
    open_to_all = site / "open.key"
    open_to_all.write_text(KEY_FILE.read_text())
    open_to_all.chmod(0o644)
    assert check(open_to_all)[0] == 64 and "chmod o=" in check(open_to_all)[1], check(open_to_all)
    found = json.loads(subprocess.run(
        [f"{bin}/qrpin", "doctor", "--config", site / "kiosk.conf", "--key", site / "kiosk.key", "--json"], capture_output=True,
        text=True).stdout)
    assert {"check": "configuration", "standing": "ok", "result": f"{site}/kiosk.conf"} in found, found


def it_ends_when_it_is_told_to_and_its_log_holds_no_secret():
    kiosk.process.terminate()
    assert kiosk.process.wait(15) == 0
    log = kiosk.log.read_text() + kiosk.screen.read_text()
    for secret in [BADGE.split(b"|")[3].decode(), PIN, NEW_PIN, KEY_FILE.read_text().strip()]:
        assert secret not in log, "a secret is in the log"


STEPS = [
    a_new_keypad_gets_a_key_that_its_file_alone_keeps,
    pairing_again_changes_nothing_and_another_key_is_not_taken,
    a_person_signs_in_by_it_with_noise_and_lost_frames_on_the_line,
    the_keypad_shows_what_the_page_says,
    a_forged_reply_is_no_key,
    what_was_typed_is_cleared_where_a_digit_may_be_missing,
    the_number_of_a_card_signs_nobody_in,
    a_keypad_that_is_unplugged_comes_back,
    a_device_with_another_key_is_refused,
    a_device_with_the_standard_key_is_refused,
    a_device_without_a_secure_channel_is_refused,
    the_doctor_and_check_know_the_key_file,
    it_ends_when_it_is_told_to_and_its_log_holds_no_secret,
]

line, device = wire.Line(str(site / "port")), None
run(STEPS, lambda: device and device.end())
