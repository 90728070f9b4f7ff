"""A kiosk without a camera, and the steps of its day. Tests/OSDP and Tests/PCSC run them on a site that has a service and Ada's badge.

usage of the programs that import this: PROGRAM DIRECTORY-OF-PROGRAMS SITE URL-OF-THE-SERVICE
"""

import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

bin, site, url = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
PIN, NEW_PIN = re.search(r"^PIN (\d+)", (site / "issued").read_text(), re.MULTILINE)[1], "35387687"
BADGE = (site / "badge" / "payload.txt").read_bytes().strip()
AS_ADMIN = ["--service", url, "--client-id", "admin", "--key", site / "admin.key"]


def wait_until(holds, what, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.02)


class Kiosk:
    """Its options are lines of its configuration file."""

    running = None

    def __init__(self, *options):
        self.screen, self.log, self.seen = site / "screen", site / "kiosk.log", 0
        (site / "kiosk.conf").write_text("\n".join([
            f"service = {url}", "client-id = kiosk-1", f"key = {site}/kiosk.key", f"outbox = {site}/outbox.sqlite", "no-camera = true",
            "page = 0", f"scanner = {bin}/qrpin-scan", *options]) + "\n")
        with self.screen.open("w") as screen, self.log.open("w") as log:
            self.process = subprocess.Popen([f"{bin}/qrpin-kiosk", "--config", site / "kiosk.conf"], stdout=screen, stderr=log)
        Kiosk.running = self

    def text(self):
        return self.screen.read_text()[self.seen:]

    def says(self, sentence):
        """Also what comes next is looked for behind it."""
        wait_until(lambda: sentence in self.text(), f"the kiosk says: {sentence}")
        self.seen += self.text().index(sentence) + len(sentence)

    def logs(self, sentence, times=1):
        wait_until(lambda: self.log.read_text().count(sentence) >= times, f"the log says: {sentence}")

    def state(self):
        self.logs("page is at")
        page = re.search(r"page is at.*(http://\S+)", self.log.read_text())[1]
        token = re.search('qrpin-token" content="([^"]+)', urllib.request.urlopen(page).read().decode())[1]
        request = urllib.request.Request(page + "api/v1/state", headers={"Authorization": f"Bearer {token}"})
        return json.load(urllib.request.urlopen(request))


def outcomes():
    """The newest first."""
    listed = subprocess.run([f"{bin}/qrpin", "sign-ins", *AS_ADMIN, "--top", "1000"], capture_output=True, text=True, check=True)
    return [line.split()[1] for line in listed.stdout.splitlines()[1:]]


def run(steps, *cleanups):
    """Each is a function, whose name says what holds; the first that fails ends it, after what the kiosk said. `cleanups` come last, always."""
    try:
        for step in steps:
            title = step.__name__.replace("_", " ")
            try:
                step()
            except BaseException as error:
                print(f"FAIL {title}: {error!r}", file=sys.stderr)
                if kiosk := Kiosk.running:
                    print(kiosk.screen.read_text()[-1500:], kiosk.log.read_text()[-3000:], file=sys.stderr)
                raise
            print(f"ok   {title}", flush=True)
    finally:
        if Kiosk.running:
            Kiosk.running.process.kill()
        for clean in cleanups:
            clean()
