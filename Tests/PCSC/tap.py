"""The steps behind Tests/PCSC/run. Each is a function; its name says what holds, and it builds on those before it.

usage: tap.py DIRECTORY-OF-PROGRAMS SITE URL-OF-THE-SERVICE
"""

import concurrent.futures
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import time
import tty

import kiosk_steps
from cards import NTAG424, Card, Reader, Type2, Type4, message
from kiosk_steps import AS_ADMIN, BADGE, NEW_PIN, PIN, bin, outcomes, run, site, wait_until

DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
TAPS = 1000
META_READ, FILE_READ = os.urandom(16), os.urandom(16)


class Service:
    """pcscd with so many virtual readers, two for each copy of the driver: one library has state for one."""

    def __init__(self):
        self.process, self.log = None, (site / "pcscd.log").open("a")

    def start(self, readers=2):
        directory = site / f"readers-{readers}"
        directory.mkdir(exist_ok=True)
        for number in range(readers // 2):
            port, driver = 35963 + 2 * number, site / f"vpcd-{number}.so"
            shutil.copy(DRIVER, driver)
            (directory / f"vpcd-{number}").write_text(
                f'FRIENDLYNAME "Door {number}"\nDEVICENAME /dev/null:{port}\nLIBPATH {driver}\nCHANNELID {port:#x}\n')
        self.process = subprocess.Popen(["pcscd", "--foreground", "--config", directory], stdout=self.log, stderr=self.log)
        wait_until(lambda: os.path.exists("/run/pcscd/pcscd.comm"), "pcscd's socket")
        return [Reader(35963 + number) for number in range(readers)]

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None
        for left in pathlib.Path("/run/pcscd").iterdir():
            left.unlink()


class Kiosk(kiosk_steps.Kiosk):
    """One that has a card reader and a keypad."""

    def __init__(self):
        self.keypad, self._held = pty.openpty()
        tty.setraw(self._held)
        super().__init__("tap = true", "tap.reader = Door", f"keypad = {os.ttyname(self._held)}")

    def is_ready(self):
        wait_until(lambda: self.screen.read_text().endswith("Tap your badge.\n"), f"an idle kiosk {self.screen.read_text()[-500:]}")
        self.seen = len(self.screen.read_text())

    def type(self, keys):
        for key in keys:
            os.write(self.keypad, key.encode())
            time.sleep(0.1)

    def held(self):
        """Descriptors, threads, and KiB of memory that is this process's own."""
        process = f"/proc/{self.process.pid}"
        memory = re.search(r"^Pss_Anon:\s+(\d+)", pathlib.Path(process, "smaps_rollup").read_text(), re.MULTILINE)
        return len(os.listdir(process + "/fd")), len(os.listdir(process + "/task")), int(memory[1])


def qrpin(*arguments, card=None, reader=0, stdin=b"", status=0):
    """What a command prints, with a card that is held to a reader once it asks for one."""
    process = subprocess.Popen([f"{bin}/qrpin", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if card:
        readers[reader].insert(card)
    out, err = process.communicate(stdin, timeout=60)
    readers[reader].remove()
    said = (out + err).decode()
    assert process.returncode == status, (arguments, process.returncode, said)
    assert BADGE.split(b"|")[3] not in out + err, "a badge's key was printed"
    if card:
        time.sleep(1)  # Until its reader has seen that it went.
    return said


def doctor():
    done = subprocess.run(
        [f"{bin}/qrpin", "doctor", "--config", site / "kiosk.conf", "--key", site / "kiosk.key", "--json"], capture_output=True, text=True)
    return {found["check"]: found for found in json.loads(done.stdout)}


# The steps, in order

def without_pcscd_the_tool_names_the_cure():
    said = qrpin("tap", "read", status=1)
    assert "pcscd.socket" in said, said


def a_badge_is_written_on_a_tag_and_read_again():
    global readers
    readers = pcscd.start()
    for tag in [Type4(), Type2()]:
        said = qrpin("tap", "write", "--badge", site / "badge" / "payload.txt", card=tag)
        assert "Written and read again: badge of ada@example.test" in said, said
        said = qrpin("tap", "read", card=tag)
        assert said.startswith("badge of ada@example.test, QR code id "), said
        assert "already" in qrpin("tap", "write", card=tag, stdin=BADGE)
        assert getattr(tag, "others", 0) == 0, "a card of memory alone was sent a command of ISO 7816"
    tag = Type4()
    qrpin("tap", "write", card=tag, stdin=BADGE)
    assert tag.content == message(BADGE), tag.content


def a_tag_that_cannot_take_a_badge_says_why():
    size = len(message(BADGE))
    said = qrpin("tap", "write", card=Type4(size=size + 1), stdin=BADGE, status=64)
    assert f"takes {size} bytes" in said and f"room for {size - 1}" in said, said
    assert "read-only" in qrpin("tap", "write", card=Type4(write=0xFF), stdin=BADGE, status=64)
    assert "read-only" in qrpin("tap", "write", card=Type2(write=0x0F), stdin=BADGE, status=64)
    assert "no Type 2 or Type 4 tag" in qrpin("tap", "write", card=Card(), stdin=BADGE, status=64)
    assert "taken away while it was written" in qrpin("tap", "write", card=Type4(removed_at=9), stdin=BADGE, status=64)
    assert "malformed" in qrpin("tap", "write", stdin=BADGE[:60], status=64)


def what_is_on_a_tag_stays_unless_it_may_be_replaced():
    other = message(b"https://example.test")
    tag = Type4(other)
    said = qrpin("tap", "write", card=tag, stdin=BADGE, status=64)
    assert "--overwrite" in said and tag.content == other, said
    qrpin("tap", "write", "--overwrite", card=tag, stdin=BADGE)
    assert tag.content == message(BADGE)


def a_badge_with_room_for_a_dynamic_message_is_written_and_says_where_that_is():
    global ntag
    tag = Type4(size=256, longest=255)
    said = qrpin("tap", "write", "--badge", site / "badge" / "payload.txt", "--dynamic", card=tag)
    picc, mac = map(int, re.search(r"PICCDataOffset (\d+), SDMMACInputOffset (\d+), SDMMACOffset \2;", said).groups())
    file = bytes(tag.files[b"\xe1\x04"])
    assert file[picc - 2:picc + 32] == b"e=" + b"0" * 32 and file[mac - 2:mac + 16] == b"c=" + b"0" * 16, file
    ntag = NTAG424(tag.content, META_READ, FILE_READ, counter=41)
    said = qrpin("tap", "read", card=ntag)
    assert said.startswith("badge of ada@example.test, QR code id "), said
    assert "already" in qrpin("tap", "write", "--dynamic", card=ntag, stdin=BADGE)


def a_badge_is_bound_to_the_card_that_proves_its_keys():
    keys = site / "card.keys"
    keys.write_text(f"sdm-meta-read = {META_READ.hex()}\nsdm-file-read = {FILE_READ.hex()}\n")
    bind = ["card", "bind", "ada@example.test", *AS_ADMIN, "--card-keys", keys, "--no-required"]
    keys.chmod(0o640)
    assert "chmod 600" in qrpin(*bind, status=64)
    keys.chmod(0o600)
    said = qrpin(*bind, card=Type4(message(BADGE)), status=64)
    assert "no dynamic message" in said, said
    said = qrpin(*bind, card=NTAG424(ntag.content, META_READ, META_READ), status=1)
    assert "is not by these keys" in said, said
    said = qrpin(*bind, card=ntag)
    assert f"is bound to card 04A1B2C3D4E580, and signs in without it, too; the card was read {ntag.counter} times" in said, said
    assert said.startswith(qrpin("card", "show", "ada@example.test", *AS_ADMIN)), said
    assert "used before" in qrpin(*bind, "--message", ntag.content.decode("latin1")[-53:], status=1)


def a_card_without_a_badge_says_what_it_is():
    assert "nothing but its number" in qrpin("tap", "read", card=Card(), status=1)
    assert "empty" in qrpin("tap", "read", card=Type4(), status=1)
    assert "broken" in qrpin("tap", "read", card=Type4(message(BADGE)[:-1]), status=1)
    assert "no badge: an ms-qrpin payload" in qrpin("tap", "read", card=Type4(message(b"hello")), status=1)
    said = qrpin("tap", "read", "--tap-reader", "Omnikey", status=64)
    assert "There are: Door 0 00 00, Door 0 00 01" in said, said
    pcscd.stop()


def a_kiosk_without_a_reader_says_so_and_begins_when_it_comes():
    global kiosk, readers
    kiosk = Kiosk()
    kiosk.says("Out of order: the card reader")
    found = doctor()
    assert found["tap"]["standing"] == "failed" and "pcscd" in found["tap"]["cure"] and "camera" not in found, found
    readers = pcscd.start()
    kiosk.says("Tap your badge.")
    assert kiosk.state()["tap"] == "present"
    assert doctor()["tap"] == {"check": "tap", "standing": "ok", "result": "Door 0 00 00, Door 0 00 01"}, doctor()


def a_tap_and_the_pin_sign_in_once_while_the_card_stays():
    card = Type2(message(BADGE))
    readers[0].insert(card)
    kiosk.says("Type your PIN")
    kiosk.type(PIN + "\r")
    for question in ["Choose a new PIN", "Type the new PIN again"]:
        kiosk.says(question)
        kiosk.type(NEW_PIN + "\r")
    kiosk.says("You are signed in")
    kiosk.is_ready()
    read = card.commands
    time.sleep(4)  # Longer than the hold-off.
    assert card.commands == read and kiosk.text() == "", (card.commands, read, kiosk.text())
    readers[0].remove()
    wait_until(lambda: outcomes() == ["signedIn"], f"one sign-in: {outcomes()}")


def a_bound_badge_that_needs_it_signs_in_by_its_card_alone():
    assert "signs in with it alone" in qrpin("card", "require", "ada@example.test", *AS_ADMIN)
    print_alone, copied, forged = Type4(message(BADGE)), Type4(ntag.content), NTAG424(ntag.content, os.urandom(16), os.urandom(16), counter=9999)
    for number, (card, outcome) in enumerate([
            (print_alone, "cardRequired"), (copied, "cardNotGenuine"), (ntag, "signedIn"), (forged, "cardNotGenuine"),
            ("what the card said last", "cardNotGenuine"), (ntag, "signedIn")]):
        before = len(outcomes())
        readers[number % 2].tap(Type4(ntag.content) if isinstance(card, str) else card)
        if outcome == "signedIn":
            kiosk.says("Type your PIN")
            kiosk.type(NEW_PIN + "\r")
            kiosk.says("You are signed in.")
        else:
            kiosk.says("works only as a card" if outcome == "cardRequired" else "This card was not accepted.")
        wait_until(lambda: outcomes()[:-before] == [outcome], f"an event of {outcome}: {outcomes()}")
    kiosk.is_ready()


def a_badge_that_is_unbound_signs_in_by_any_tag_again():
    qrpin("card", "unbind", "ada@example.test", *AS_ADMIN)
    assert "not found" in qrpin("card", "show", "ada@example.test", *AS_ADMIN, status=1)
    readers[1].tap(Type4(message(BADGE)))
    kiosk.says("Type your PIN")
    kiosk.type("\x1b")
    kiosk.says("Cancelled.")
    kiosk.is_ready()


def what_is_no_badge_is_refused_with_an_event():
    for card, sentence, outcome in [
            # No two of a kind in a row: the second would be the same card to the hold-off.
            (Card(), "This card cannot sign you in.", "cardWithoutBadge"),
            (Type4(message(BADGE)[:-3]), "This badge is damaged or incomplete.", "malformedBadge"),
            (Type4(message(b"https://example.test")), "This card cannot sign you in.", "cardWithoutBadge"),
            (Type4(message(BADGE), length=0x7FFF), "This badge is damaged or incomplete.", "malformedBadge"),
            (Type4(message(BADGE), removed_at=4), "The card was not read.", "cardTakenAway")]:
        before = len(outcomes())
        readers[1].insert(card)
        kiosk.says(sentence)
        wait_until(lambda: outcomes()[:-before] == [outcome], f"an event of {outcome}: {outcomes()}")
        readers[1].remove()
        time.sleep(1)  # Until the reader has seen that it went.
    kiosk.is_ready()


def after_a_card_that_was_taken_away_too_soon_the_next_try_counts_at_once():
    readers[1].insert(Type4(message(BADGE), removed_at=5))
    kiosk.says("The card was not read.")
    readers[1].remove()
    readers[1].tap(Type4(message(BADGE)))
    kiosk.says("Type your PIN")
    kiosk.type("\x1b")
    kiosk.says("Cancelled.")
    kiosk.is_ready()


def a_pcscd_that_is_started_again_is_found_again_and_a_card_that_lay_there_is_not_read():
    global readers
    card = Type4(message(BADGE))
    readers[0].insert(card)
    kiosk.says("Type your PIN")
    kiosk.type("\x1b")
    kiosk.is_ready()
    pcscd.stop()
    kiosk.says("Out of order: the card reader")
    readers[0].remove()
    readers = pcscd.start()
    card = Type4(message(BADGE))
    readers[0].insert(card)
    kiosk.says("Tap your badge.")
    readers[0].remove()
    time.sleep(4)
    readers[0].tap(Type4(message(BADGE)))
    kiosk.says("Type your PIN")
    kiosk.type("\x1b")
    kiosk.is_ready()


def readers_come_and_go():
    global readers
    pcscd.stop()
    kiosk.says("Out of order: the card reader")
    readers = pcscd.start(16)
    kiosk.says("Tap your badge.")
    wait_until(lambda: any(line.count("Door ") == 16 for line in kiosk.log.read_text().splitlines()), "all 16 readers")
    readers[15].tap(Type4(message(BADGE)))
    kiosk.says("Type your PIN")
    kiosk.type("\x1b")
    kiosk.is_ready()


def a_thousand_taps_leave_no_descriptor_thread_or_memory_behind():
    kinds = [lambda: Type4(message(BADGE)), lambda: Type2(message(BADGE)), Card, lambda: Type4(message(b"hello"))]

    def taps(count):
        def at(reader):
            for number in range(count // len(readers)):
                reader.tap(kinds[number % len(kinds)]())

        with concurrent.futures.ThreadPoolExecutor(len(readers)) as people:
            for done in [people.submit(at, reader) for reader in readers]:
                done.result()

    taps(TAPS // 4)  # What it needs once, it has then.
    before = kiosk.held()
    taps(TAPS)
    after = kiosk.held()
    print(f"     descriptors, threads, KiB: {before} before, {after} after {TAPS} taps")
    assert after[0] <= before[0] + 2 and after[1] <= before[1] + 2, (before, after)
    assert after[2] <= before[2] + 2048, (before, after)


def it_ends_when_it_is_told_to_and_its_log_holds_no_secret():
    kiosk.process.terminate()
    assert kiosk.process.wait(15) == 0
    log = kiosk.log.read_text() + (site / "screen").read_text()
    assert "card reader Door 0 00 00" in log, log[-2000:]
    log += (site / "service.log").read_text()
    for secret in [BADGE.split(b"|")[3].decode(), PIN, NEW_PIN, META_READ.hex(), FILE_READ.hex()]:
        assert secret not in log.lower() and secret not in log, "a secret is in the log"
    for file in site.glob("lifecycle.sqlite*"):
        content = file.read_bytes()
        for secret in [META_READ, FILE_READ]:
            assert secret not in content and secret.hex().encode() not in content.lower(), f"a card's key is in {file.name}"


STEPS = [
    without_pcscd_the_tool_names_the_cure,
    a_badge_is_written_on_a_tag_and_read_again,
    a_tag_that_cannot_take_a_badge_says_why,
    what_is_on_a_tag_stays_unless_it_may_be_replaced,
    a_badge_with_room_for_a_dynamic_message_is_written_and_says_where_that_is,
    a_badge_is_bound_to_the_card_that_proves_its_keys,
    a_card_without_a_badge_says_what_it_is,
    a_kiosk_without_a_reader_says_so_and_begins_when_it_comes,
    a_tap_and_the_pin_sign_in_once_while_the_card_stays,
    a_bound_badge_that_needs_it_signs_in_by_its_card_alone,
    a_badge_that_is_unbound_signs_in_by_any_tag_again,
    what_is_no_badge_is_refused_with_an_event,
    after_a_card_that_was_taken_away_too_soon_the_next_try_counts_at_once,
    a_pcscd_that_is_started_again_is_found_again_and_a_card_that_lay_there_is_not_read,
    readers_come_and_go,
    a_thousand_taps_leave_no_descriptor_thread_or_memory_behind,
    it_ends_when_it_is_told_to_and_its_log_holds_no_secret,
]

pcscd, readers = Service(), [Reader(35963), Reader(35964)]
run(STEPS, pcscd.stop)
