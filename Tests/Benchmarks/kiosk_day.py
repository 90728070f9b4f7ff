"""Signs people in as fast as hands could, and measures. Run by Tests/Benchmarks/kiosk.

usage: kiosk_day.py DIRECTORY-OF-PROGRAMS SITE SIGN-INS -- ARGUMENT-OF-qrpin-kiosk…
"""

import json
import pathlib
import queue
import re
import statistics
import subprocess
import sys
import threading
import time

from kiosk import HEIGHT, WIDTH, Kiosk

PEOPLE = 8
NEW_PIN = "35387687"
#: Parameters of the service's hashes: Sources/LifecycleService/PINHasher.swift.
ARGON2 = ["argon2", "saltsaltsalt", "-id", "-t", "2", "-k", "19456", "-p", "1"]


class WideKiosk(Kiosk):
    """Its camera has 1280 × 720 pixels; `events` has each state with its moment."""

    def show(self, name):
        frame = self.frames[name]
        rows = [bytes([200]) * 320 + frame[row * WIDTH:(row + 1) * WIDTH] + bytes([200]) * 320 for row in range(HEIGHT)]
        blank = bytes([200]) * 1280 * 120
        picture = b"P5\n1280 720\n255\n" + blank + b"".join(rows) + blank
        # In the same file, as the camera keeps it open; in one write, so that no frame is half one.
        with self.camera.open("r+b" if self.camera.exists() else "wb", buffering=0) as file:
            file.write(picture)

    def follow(self):
        self.events = queue.Queue()

        def read():
            answer = self.ask("GET", "/api/v1/events", **self.bearer())
            while line := answer.readline():
                if line.startswith(b"data: "):
                    self.events.put((time.monotonic(), json.loads(line[6:])))

        threading.Thread(target=read, daemon=True).start()

    def wait(self, **wanted):
        """The moment at which the state is so."""
        deadline, seen = time.monotonic() + 30, []
        while time.monotonic() < deadline:
            moment, state = self.events.get(timeout=30)
            if all(state.get(name) == value for name, value in wanted.items()):
                return moment
            seen.append(state)
        sys.exit(f"the kiosk did not come to {wanted}, but to {seen}")


def sign_in(kiosk, number, pin, new_pin=None):
    """Seconds from badge to prompt and from last key to result."""
    kiosk.show(f"badge{number}")
    shown = time.monotonic()
    prompted = kiosk.wait(phase="pin", prompt="current", typed=0)
    kiosk.type(pin)
    for prompt in ["new", "repeated"] if new_pin else []:
        kiosk.type("\r")
        kiosk.wait(phase="pin", prompt=prompt)
        kiosk.type(new_pin)
    # The kiosk has read the digits by then.
    time.sleep(0.05)
    kiosk.type("\r")
    typed = time.monotonic() - 0.07  # It waits after the key.
    result = kiosk.wait(phase="outcome")
    return prompted - shown, result - typed


def usage(process):
    """Kilobytes now and at most, threads, and descriptors of a process."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    value = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[1])
    return value("VmRSS"), value("VmHWM"), value("Threads"), len(list(pathlib.Path(f"/proc/{process}/fd").iterdir()))


def tree(process):
    """A process and its children, to the last."""
    children = " ".join(path.read_text() for path in pathlib.Path(f"/proc/{process}/task").glob("*/children")).split()
    return [process] + [one for child in children for one in tree(int(child))]


def sums(processes):
    return [sum(column) for column in zip(*map(usage, processes))]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main(bin, site, count, arguments):
    kiosk = WideKiosk(bin, site, arguments)
    pins = {}
    for number in range(1, PEOPLE + 1):
        kiosk.draw(f"badge{number}", pathlib.Path(site, f"badge{number}/payload.txt").read_text().strip())
        pins[number] = re.search(r"^PIN (\d+)", pathlib.Path(site, f"issued{number}").read_text(), re.MULTILINE)[1]
    kiosk.show("nothing")
    kiosk.start()
    try:
        kiosk.plug_keypad()
        kiosk.follow()
        for number, pin in pins.items():
            sign_in(kiosk, number, pin, NEW_PIN)
        processes = tree(kiosk.process.pid)
        prompts, results, rows = [], [], []
        print("sign-ins   memory KB   at most KB   threads   descriptors", flush=True)
        for index in range(count):
            prompt, result = sign_in(kiosk, index % PEOPLE + 1, NEW_PIN)
            prompts.append(prompt)
            results.append(result)
            if (index + 1) % max(1, count // 10) == 0:
                rows.append(sums(processes))
                print("{:8} {:11} {:12} {:9} {:13}".format(index + 1, *rows[-1]), flush=True)
        argon2 = [
            float(re.search(r"([\d.]+) seconds", subprocess.run(
                ARGON2, input=b"12345678", capture_output=True, check=True).stdout.decode())[1]) for _ in range(21)]
    finally:
        kiosk.process.kill()
    hash_time = statistics.median(argon2)
    print("\nmilliseconds                median   p99   target")
    failures = []
    for name, times, target in [("badge in view to PIN prompt", prompts, 0.15), ("last key to result", results, hash_time + 0.03)]:
        median, last = statistics.median(times), percentile(times, .99)
        print(f"{name:27} {median * 1000:6.0f} {last * 1000:5.0f}   {target * 1000:.0f}")
        if last > target:
            failures.append(f"{name} takes too long")
    print(f"argon2id alone              {hash_time * 1000:6.0f}")
    # Thread pools and connections come and go: what the second half of the day needs at most, the first needed too.
    first, last = ([max(column) for column in zip(*half)] for half in [rows[:len(rows) // 2], rows[len(rows) // 2:]])
    # What malloc keeps wavers by some pages.
    if last[0] > first[0] + 1024 or last[2] > first[2] or last[3] > first[3]:
        failures.append(f"memory, threads or descriptors grew from {first} to {last}")
    if last[1] > 80_000:
        failures.append(f"kiosk and scanner had {last[1]} KB")
    sys.exit("; ".join(failures) or 0)


split = sys.argv.index("--")
main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[split + 1:])
