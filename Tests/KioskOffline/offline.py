"""See `run`. A script stands for the scanner and a pseudo-terminal for the keypad; all else is the product."""

import atexit
import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import tty
import urllib.request
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Operations"))
from lifecycle_site import Site  # noqa: E402
from process_memory import memory  # noqa: E402

bin = Path(sys.argv[1])
PINS = {"ada": "35387687", "bob": "56745755"}
SCANNER = "#!/bin/bash\necho '{\"device\":\"none\",\"state\":\"streaming\"}'\nexec tail -n 0 -f %s\n"
ASKED, GREEN, LOCKED = "Type your PIN", "You are signed in.", "Too many wrong PINs"


def until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"there is no {what}"
        time.sleep(0.02)
    return found


class Kiosk:
    """The kiosk `gate`, and the person before it."""

    def __init__(self, site):
        self.site, self.directory, self.page = site, site.directory, 0
        self.service = site.url
        self.key, self.outbox = self.directory / "gate.key", self.directory / "gate.sqlite"
        self.public = self.run("keygen", "--out", self.key).strip()
        site.lifecycle("client", "add", "gate", f"--public-key={self.public}", "--role", "Kiosk.SignIn")
        self.badges, self.scanner, self.handed = (self.directory / name for name in ("badges", "scanner", "handed"))
        self.badges.touch()
        self.command = self.directory / "hand-over"
        self.command.write_text(f"#!/bin/sh\n[ $1 = signed-in ] && cat >{self.handed}.new && mv {self.handed}.new {self.handed}\n")
        self.scanner.write_text(SCANNER % self.badges)
        for script in (self.command, self.scanner):
            script.chmod(0o700)
        self.screen, self.log = self.directory / "screen", self.directory / "kiosk.log"
        self.process = None
        # A kiosk that is left behind would take the keys of the next one.
        atexit.register(self.kill)

    def run(self, *arguments, **options):
        return subprocess.run([bin / "qrpin", *arguments], check=True, capture_output=True, text=True, **options).stdout

    def start(self):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.process = subprocess.Popen(
            [bin / "qrpin-kiosk", "--service", self.service, "--client-id", "gate", "--key", self.key, "--outbox", self.outbox,
             "--scanner", self.scanner, "--keypad", os.ttyname(slave), "--page", str(self.page), "--hand-over", self.command],
            stdout=self.screen.open("ab"), stderr=self.log.open("ab"), start_new_session=True)
        found = until(lambda: re.findall(r"http://127\.0\.0\.1:(\d+)/", self.log.read_text()), "kiosk page")
        self.page = int(found[-1])
        until(lambda: self.state()["keypad"] == "present", "keypad")
        os.close(slave)

    def kill(self):
        if not self.process:
            return
        self.process.kill()
        self.process.wait()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.close(self.master)
        self.process = None

    def state(self):
        try:
            page = urllib.request.urlopen(f"http://127.0.0.1:{self.page}/", timeout=10).read().decode()
            token = re.search("name=.qrpin-token. content=.([0-9a-f]{64})", page)[1]
            request = urllib.request.Request(f"http://127.0.0.1:{self.page}/api/v1/state", headers={"Authorization": f"Bearer {token}"})
            return json.loads(urllib.request.urlopen(request, timeout=10).read())
        except OSError:
            return {"keypad": "unknown", "phase": "none"}

    def ready(self):
        until(lambda: self.state()["phase"] == "idle", "idle kiosk")
        # The same badge is not read again at once.
        time.sleep(3.1)

    def sees(self, text, start):
        try:
            until(lambda: text in self.screen.read_text()[start:], f"“{text}” on the screen")
        except AssertionError:
            print(self.screen.read_text()[start:], self.log.read_text()[-2000:], sep="\n")
            raise

    def show(self, name):
        """Holds the badge up; gives the time."""
        self.ready()
        self.mark = len(self.screen.read_text())
        began = time.monotonic()
        with self.badges.open("a") as file:
            file.write(json.dumps({"text": BADGES[name], "time": "2026-11-26T00:00:00Z"}) + "\n")
        return began

    def type(self, digits):
        for number, key in enumerate(digits, 1):
            os.write(self.master, key.encode())
            time.sleep(0.07)
            # A machine that is busy would take what comes at once for noise.
            until(lambda: self.state().get("typed") == number, f"key {number} on the page")
        began = time.monotonic()
        os.write(self.master, b"\r")
        return began

    def sign_in(self, name, pin=None, sees=GREEN, between=lambda: None):
        """Gives the seconds from badge to question, and from the last key to the answer."""
        began = self.show(name)
        self.sees(ASKED, self.mark)
        asked = time.monotonic() - began
        between()
        began = self.type(pin or PINS[name])
        self.sees(sees, self.mark)
        return asked, time.monotonic() - began

    def given(self, offline):
        """The assertion that the application was given last, and its claims; nothing when it is of the other kind."""
        text = self.handed.read_text() if self.handed.exists() else ""
        claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "==")) if text else {}
        return (text, claims) if text and claims.get("offline", False) == offline else None

    def entries(self):
        with closing(sqlite3.connect(f"file:{self.outbox}.offline?mode=ro", uri=True, timeout=10)) as database:
            rules = database.execute("SELECT lifetime IS NOT NULL FROM knowledge").fetchone()[0]
            return rules, database.execute("SELECT count(*) FROM entry").fetchone()[0]

    def waiting(self):
        with closing(sqlite3.connect(f"file:{self.outbox}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute("SELECT count(*) FROM event").fetchone()[0]


def ok(text):
    print(f"ok   {text}", flush=True)


with Site(bin) as site:
    # On the same port again and again.
    site.flags = ("--port", str(site.port))
    site.admit("boss", "Kiosk.ReadWrite.All", "Policy.ReadWrite.AuthenticationMethod", "AuditLog.Read.All")
    kiosk = Kiosk(site)
    boss = ["--service", site.url, "--client-id", "auditor", "--key", site.directory / "auditor.key"]
    public = kiosk.run("keygen", "--out", site.directory / "auditor.key").strip()
    roles = ["Kiosk.ReadWrite.All", "Policy.ReadWrite.AuthenticationMethod", "AuditLog.Read.All"]
    site.lifecycle("client", "add", "auditor", f"--public-key={public}", *(word for role in roles for word in ("--role", role)))
    BADGES = {"parcel": "https://parcels.example.test/" + 99 * "0"}
    for name, pin in PINS.items():
        fields, first = site.issue(f"{name}@example.test")
        BADGES[name] = "ms-qrpin:v1|" + "|".join(fields)
        attempt, _ = site.begin(fields)
        assert site.submit(attempt, first)["result"] == "mustChangePIN"
        assert site.submit(attempt, pin, "newPin")["result"] == "signedIn"

    kiosk.start()
    kiosk.sign_in("ada")
    site.end(signal.SIGKILL)
    until(lambda: not kiosk.state()["isOnline"], "banner")
    kiosk.show("ada")
    kiosk.sees("Sign-in is not available", kiosk.mark)
    assert kiosk.entries() == (0, 0) and not kiosk.state()["canSignInOffline"]
    ok("without a policy nobody is signed in offline, and nothing is kept")

    site.start()
    site.call("PATCH", "/admin/v1/kiosks/gate", {"group": "gates"}, "boss")
    assert "gates  72     1440 min" in kiosk.run("kiosks", "offline", "gates", "--allow", *boss)
    until(lambda: kiosk.entries()[0] == 1, "rules at the kiosk")
    for name in PINS:
        kiosk.sign_in(name)
    until(lambda: kiosk.entries() == (1, 2), "entries of both")
    site.end(signal.SIGKILL)
    asked, answered = kiosk.sign_in("ada")
    state = kiosk.state()
    assert not state["isOnline"] and state["canSignInOffline"], state
    ok(f"the service killed, who signed in before signs in offline: {asked:.2f} s to the question, {answered:.2f} s to the answer")

    assertion, claims = until(lambda: kiosk.given(offline=True), "assertion of the kiosk's")
    assert claims["upn"] == "ada@example.test" and claims["iss"] == "urn:qrpin:kiosk:gate", claims
    site.start()
    (site.directory / "jwks.json").write_text(site.call("GET", "/.well-known/jwks.json").body.decode())
    check = ["check-assertion", "--keys", site.directory / "jwks.json", "--kiosk", "gate"]
    assert kiosk.run(*check, f"--kiosk-key={kiosk.public}", input=assertion).strip() == "ada@example.test"
    refused = subprocess.run([bin / "qrpin", *check], input=assertion, text=True, capture_output=True)
    assert refused.returncode != 0 and "signed by no key of the service" in refused.stderr, refused
    ok("the application is told that by the kiosk's own key, which it need not believe")

    began = time.monotonic()
    until(lambda: kiosk.state()["isOnline"], "service")
    back = time.monotonic() - began
    kiosk.sign_in("ada")
    until(lambda: kiosk.given(offline=False), "assertion of the service's")
    _, answered = kiosk.sign_in("ada", between=lambda: site.end(signal.SIGKILL))
    ok(f"it is back online ({back:.2f} s after the service was looked for), and goes on offline between badge and PIN: {answered:.2f} s")

    for number in range(1, 6):
        kiosk.sign_in("bob", "90817263", sees="That PIN is not right" if number < 5 else LOCKED)
    kiosk.kill()
    kiosk.start()
    kiosk.show("bob")
    kiosk.sees(LOCKED, kiosk.mark)
    kiosk.sign_in("ada")
    ok("killed and started again without the service the kiosk still knows who may, and who is locked after five wrong PINs")

    # Where the kiosk cannot see it.
    port, site.flags = site.port, ()
    site.start()
    reply = site.call("DELETE", "/beta/users/ada@example.test/authentication/qrCodePinMethod/standardQRCode", None, "admin")
    assert reply.status == 204, reply.body
    site.end()
    site.flags = ("--port", str(port))
    site.start()
    until(lambda: kiosk.state()["isOnline"], "service")
    until(lambda: kiosk.entries() == (1, 1), "end of the entry")
    kiosk.show("ada")
    kiosk.sees("This badge can't be used", kiosk.mark)
    site.end(signal.SIGKILL)
    kiosk.show("ada")
    kiosk.sees("Sign-in is not available", kiosk.mark)
    ok("a badge that was revoked meanwhile is refused once the service is back, and offline after that")

    site.start()
    until(lambda: kiosk.state()["isOnline"], "service")
    until(lambda: kiosk.waiting() == 0, "empty outbox")
    with closing(sqlite3.connect(site.directory / "lifecycle.sqlite", timeout=10)) as database:
        events = database.execute(
            "SELECT kiosk_sequence, upn, result, verified_offline FROM events WHERE kiosk_id = 'gate' ORDER BY kiosk_sequence").fetchall()
    ada, bob = "ada@example.test", "bob@example.test"
    expected = [
        (ada, "signedIn", 0), (ada, "serviceUnavailable", 0), (ada, "signedIn", 0), (bob, "signedIn", 0), (ada, "signedIn", 1),
        (ada, "signedIn", 0), (ada, "signedIn", 1), *[(bob, "wrongPIN", 1)] * 4, (bob, "lockedOut", 1), (bob, "lockedOut", 1),
        (ada, "signedIn", 1), (ada, "badgeRefused", 0), (ada, "serviceUnavailable", 0)]
    assert events == [(number, *event) for number, event in enumerate(expected, 1)], events
    assert "sound" in kiosk.run("audit", "verify", *boss, "--kiosk", "gate", "--outbox", kiosk.outbox)
    listed = site.call("GET", "/beta/auditLogs/signIns?$top=100", None, "boss").json["value"]
    assert [event["verifiedOffline"] for event in reversed(listed)] == [bool(offline) for *_, offline in expected], listed
    ok(f"all {len(events)} events are at the service once, in order, and say which were decided offline")

    # Another code takes the place of the last badge in the scanner's pipe.
    kiosk.show("parcel")
    kiosk.sees("not a badge", kiosk.mark)
    kiosk.ready()
    secrets = [pin.encode() for pin in (*PINS.values(), "90817263")]
    for badge in (BADGES[name] for name in PINS):
        key = badge.split("|")[3]
        secrets += [key.encode(), base64.urlsafe_b64decode(key + "==")]
    kept = [*site.directory.glob("gate.sqlite*"), kiosk.log, kiosk.screen, site.log]
    for file in kept:
        left = [secret for secret in secrets if secret in file.read_bytes()]
        assert not left, f"{file} has {left}"
    found, left = False, []
    for place, _, content in memory(kiosk.process.pid):
        found |= kiosk.service.encode() in content
        for secret in secrets:
            at = content.find(secret)
            if at >= 0:
                left.append(f"{secret}, {content.count(secret)} times, in {place}: {content[max(0, at - 96):at + 96]!r}")
    assert found, "the service's address is not in the memory: the search finds nothing at all"
    assert not left, "\n".join(["the kiosk's memory has", *left])
    ok(f"no PIN and no badge's key is in {len(kept)} files or in the kiosk's memory")

    kiosk.run("kiosks", "offline", "gates", "--no-allow", *boss)
    until(lambda: kiosk.entries() == (0, 0), "end of all entries")
    kiosk.kill()
    ok("the policy taken back, the kiosk forgets all")
