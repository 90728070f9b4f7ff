"""See `run`. A script stands for the scanner and shows badge after badge; all else is the product."""

import collections
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Operations"))
from lifecycle_site import Site  # noqa: E402
from unreliable import TROUBLES, Unreliable  # noqa: E402

bin = Path(sys.argv[1])
kills = int(sys.argv[2]) if len(sys.argv) > 2 else 500
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
chance = random.Random(seed)

# Badges of another system, each with its own number, and now and then one of ours, whose attempt the next badge ends.
SCANNER = """#!/bin/bash
n=0
echo '{"device":"none","state":"streaming"}'
while :; do
    n=$((n + 1))
    echo '{"text":"ms-qrpin:v1|r%(run)d-n'$n'@example.test|1a253da5-3f9a-457d-bd9c-de1aab9a2e59|of-another-system"}'
    [ $((n %% 7)) -ne 0 ] || echo '{"text":"%(badge)s"}'
    sleep %(pause)s
done
"""
IDLE = "#!/bin/bash\necho '{\"device\":\"none\",\"state\":\"streaming\"}'\nexec sleep 1000\n"
SHOWN = "This badge belongs to another system."


class Storm:
    """A kiosk, run after run, with its outbox on a small disk of its own."""

    def __init__(self, site, proxy):
        self.site, self.proxy, self.run = site, proxy, 0
        self.shown = collections.Counter()
        badge, _ = site.issue()
        self.badge = "ms-qrpin:v1|" + "|".join(badge)
        self.key = site.directory / "storm.key"
        public = subprocess.run([bin / "qrpin", "keygen", "--out", self.key], check=True, capture_output=True, text=True).stdout.strip()
        site.lifecycle("client", "add", "storm", f"--public-key={public}", "--role", "Kiosk.SignIn")
        self.disk = site.directory / "disk"
        self.disk.mkdir()
        # A container may not be allowed to.
        self.has_disk = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", self.disk]).returncode == 0
        self.outbox = self.disk / "outbox.sqlite"
        # A keypad on which nobody types.
        self.keypad = os.openpty()
        self.screen, self.log = site.directory / "screen", site.directory / "kiosk.log"

    def start(self, *, scanner=SCANNER, pause=0.004, clock=None):
        """A kiosk whose clock is `clock` off, with `pause` seconds between badges."""
        self.run += 1
        script = self.site.directory / "scanner"
        script.write_text(scanner % {"run": self.run, "badge": self.badge, "pause": pause} if scanner is SCANNER else scanner)
        script.chmod(0o755)
        faked = ["faketime", "-f", clock] if clock else []
        environment = os.environ | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.process = subprocess.Popen(
            [*faked, bin / "qrpin-kiosk", "--service", self.proxy.url, "--client-id", "storm", "--key", self.key, "--outbox",
             self.outbox, "--scanner", script, "--keypad", os.ttyname(self.keypad[1])],
            stdout=self.screen.open("wb"), stderr=self.log.open("wb"), env=environment, start_new_session=True)

    def kill(self):
        """What it has shown by now counts as finished."""
        self.process.kill()
        self.process.wait()
        # The script that stands for the scanner goes with its pipe; one that sleeps would stay.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.shown[self.run] += self.screen.read_text(errors="replace").count(SHOWN)

    def waiting(self):
        """None while the file is not whole."""
        try:
            with closing(sqlite3.connect(f"file:{self.outbox}?mode=ro", uri=True, timeout=10)) as database:
                return database.execute("SELECT count(*) FROM event").fetchone()[0]
        except sqlite3.DatabaseError:
            return None

    def deliver(self):
        """With nothing in its way the kiosk hands over what is left."""
        self.proxy.troubles = []
        self.start(scanner=IDLE)
        # The camera is there once the outbox was opened: one that is made anew is empty at first.
        wait_until(lambda: "camera none is there" in self.log.read_text() and self.waiting() == 0, 120)
        self.kill()

    def check(self):
        """Every attempt that was shown is at the service once, in order, and the chain of all is whole."""
        self.deliver()
        with closing(sqlite3.connect(f"file:{self.site.directory / 'lifecycle.sqlite'}?mode=ro", uri=True, timeout=10)) as database:
            events = database.execute(
                "SELECT kiosk_sequence, upn FROM events WHERE kiosk_id = 'storm' ORDER BY kiosk_sequence").fetchall()
        assert [sequence for sequence, _ in events] == list(range(1, len(events) + 1)), "a sequence number is missing or twice there"
        seen = collections.defaultdict(list)
        for _, name in events:
            if match := re.fullmatch(r"r(\d+)-n(\d+)@example\.test", name or ""):
                seen[int(match[1])].append(int(match[2]))
        assert list(seen) == sorted(seen), "the runs are not in order"
        for run, numbers in seen.items():
            assert all(a < b for a, b in zip(numbers, numbers[1:])), f"run {run} is not in order, or something is twice there"
        lost = {run: (shown, len(seen[run])) for run, shown in self.shown.items() if shown > len(seen[run])}
        assert not lost, f"shown and not at the service: {lost}"
        audit = subprocess.run(
            [bin / "qrpin", "audit", "verify", "--service", self.site.url, "--client-id", "auditor", "--key", self.site.directory / "admin.key",
             "--kiosk", "storm", "--outbox", self.outbox], capture_output=True, text=True)
        assert audit.returncode == 0, audit.stdout + audit.stderr
        return len(events)

    def counted(self):
        return self.screen.read_text(errors="replace").count(SHOWN)


def storm_of_kills(storm):
    """{kills} times kill -9 at a random point, among troubles of every kind, kills of the service and wrong clocks: {events} events"""
    for number in range(kills):
        storm.proxy.troubles = chance.sample(TROUBLES, chance.randint(0, 3))
        if chance.random() < 0.05:
            storm.site.end(signal.SIGKILL)
            storm.site.start()
        storm.start(clock=chance.choice([None] * 6 + ["-1h", "+1h"]))
        # On a slow machine most would die before anything is shown.
        if number % 4 == 0:
            wait_until(lambda: storm.counted() > 0)
        time.sleep(chance.uniform(0.02, 0.5))
        storm.kill()
        if (number + 1) % 50 == 0:
            print(f"     {number + 1} kills", flush=True)
    events = storm.check()
    assert sum(storm.shown.values()) > kills, "hardly anything was shown"
    rare = [trouble for trouble, count in storm.proxy.done.items() if count == 0]
    assert kills < 50 or not rare, f"never happened: {rare}"
    return {"kills": kills, "events": events}


def full_disk(storm):
    """On a full disk nobody is let on, the kiosk says why, and goes on when there is room"""
    storm.start()
    wait_until(lambda: storm.counted() > 3)
    filler = storm.disk / "filler"
    file = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(file, b"\0" * 4096):
            pass
    except OSError:
        os.close(file)
    wait_until(lambda: "the outbox cannot be written" in storm.log.read_text())
    shown = storm.counted()
    time.sleep(0.5)
    assert storm.counted() <= shown + 1, "attempts were shown that cannot be kept"
    filler.unlink()
    wait_until(lambda: storm.counted() > shown + 3)
    assert "the outbox can be written again" in storm.log.read_text()
    storm.kill()
    storm.check()


def filled_by_itself(storm):
    """A disk that the outbox itself has filled is emptied by delivery, and the kiosk goes on"""
    room = os.statvfs(storm.disk)
    # The outbox leaves 4 MiB free; it gets 1 MiB.
    (storm.disk / "filler").write_bytes(b"\0" * (room.f_bavail * room.f_frsize - (4 << 20) - (1 << 20)))
    storm.proxy.troubles = ["server error"] * 100
    storm.start(pause=0.001)
    wait_until(lambda: "the outbox cannot be written" in storm.log.read_text(), 120)
    shown = storm.counted()
    storm.proxy.troubles = []
    wait_until(lambda: storm.counted() > shown + 3, 120)
    storm.kill()
    (storm.disk / "filler").unlink()
    storm.check()


def read_only_disk(storm):
    """On a read-only disk the kiosk does not start, and names the file"""
    subprocess.run(["mount", "-o", "remount,ro", storm.disk], check=True)
    storm.start()
    assert storm.process.wait(20) != 0
    said = storm.log.read_text()
    subprocess.run(["mount", "-o", "remount,rw", storm.disk], check=True)
    storm.kill()
    assert str(storm.outbox) in said, said
    storm.check()


def damaged_file(storm):
    """Damaged pages cost no event: the outbox is made anew from its copy, and the damaged file is kept"""
    for pages in ["first", "one", "all but the first"]:
        storm.proxy.troubles = ["server error"] * 100
        storm.start()
        wait_until(lambda: storm.counted() > 10)
        storm.kill()
        with closing(sqlite3.connect(storm.outbox)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        torn = bytearray(storm.outbox.read_bytes())
        count = len(torn) // 4096
        for page in {"first": [0], "one": [chance.randrange(1, count)], "all but the first": range(1, count)}[pages]:
            torn[page * 4096:page * 4096 + 100] = chance.randbytes(100)
        storm.outbox.write_bytes(torn)
        storm.check()
        assert f"{storm.outbox} was damaged" in storm.log.read_text(), storm.log.read_text()
        aside = list(storm.disk.glob("outbox.sqlite.damaged-*"))
        assert len(aside) == 1, aside
        # The disk is small.
        aside[0].unlink()


def damaged_while_it_runs(storm):
    """A kiosk whose outbox is damaged under it stops, and the next start goes on from the copy"""
    storm.proxy.troubles = ["server error"] * 100
    storm.start()
    wait_until(lambda: storm.counted() > 10)
    for path in storm.disk.glob("outbox.sqlite*"):
        if not path.name.endswith(".copy") and "damaged" not in path.name:
            with path.open("r+b") as file:
                file.write(chance.randbytes(path.stat().st_size))
    storm.process.wait(60)
    storm.kill()
    storm.check()


def wait_until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


print(f"     seed {seed}")
with Site(bin) as site:
    keyed = subprocess.run(
        [bin / "qrpin", "keygen", "--out", site.directory / "admin.key"], check=True, capture_output=True, text=True).stdout.strip()
    site.lifecycle("client", "add", "auditor", f"--public-key={keyed}", "--role", "AuditLog.Read.All")
    storm = Storm(site, Unreliable(site, seed))
    try:
        for test in [storm_of_kills, full_disk, filled_by_itself, read_only_disk, damaged_file, damaged_while_it_runs]:
            if "disk" in test.__name__ + test.__doc__ and not storm.has_disk:
                print(f"skipped, since nothing can be mounted here: {test.__doc__}", flush=True)
                continue
            figures = test(storm) or {}
            print(f"ok   {test.__doc__.format(**figures)}", flush=True)
    except BaseException:
        print("The kiosk says:", storm.log.read_text()[-3000:], "It shows:", storm.screen.read_text()[-500:], sep="\n")
        raise
    finally:
        storm.process.kill()
        storm.process.wait()
        if storm.has_disk:
            subprocess.run(["umount", "--lazy", storm.disk])
