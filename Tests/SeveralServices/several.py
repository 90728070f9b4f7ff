"""See `run`. A script stands for the scanner; all else is the product, Debian's nginx and PostgreSQL."""

import collections
import itertools
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Operations"))
from lifecycle_site import Site  # noqa: E402

bin = Path(sys.argv[1])
example = Path("deploy/examples/several-services")
PINS = {"ada@example.test": "35387687", "bob@example.test": "56745755"}
RESULTS = {
    "You are signed in.": "signedIn",
    "Sign-in is not available just now. Try again in a minute.": "serviceUnavailable",
}


def wait_until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def guide(name):
    """The commands of a guide that are for this test."""
    return subprocess.run(
        ["Tests/Guides/commands", name, "Tests/SeveralServices/several.py"], check=True, capture_output=True, text=True).stdout.splitlines()


class PostgreSQL:
    """A server on which the user and the database are as the guide makes them."""

    def __init__(self):
        self.process = subprocess.Popen(["Tests/PostgreSQL/run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        server = self.process.stdout.readline().strip()
        self.host = re.search(r"host=([^&]+)", server)[1]
        self.url = server.replace("qrpin@/postgres?", "qrpin-lifecycle@/qrpin?")
        made = [line for line in guide("several-services.md") if "create" in line]
        assert len(made) == 2, made
        for line in made:
            self.run(line)

    def run(self, line, directory=None):
        """A guide's line. Here the server believes everybody, and Debian's administrator `postgres` is `qrpin`."""
        line = re.sub(r"^runuser -u [\w-]+ -- ", "", line).replace("postgresql:///qrpin?host=/run/postgresql", self.url)
        administrator = {"PGHOST": self.host, "PGUSER": "qrpin", "PGDATABASE": "postgres"}
        subprocess.run(["bash", "-euc", line], check=True, cwd=directory, env=os.environ | administrator)

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == command

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


class SeveralServices(Site):
    """The site of the example."""

    def __init__(self, database):
        self.database = database
        self.ports = {8081: free_port(), 8082: free_port(), 443: free_port()}
        self.services, self.nginx, self.also_ends = {}, None, None
        super().__init__(bin)
        self.port = self.ports[443]
        self.url = f"https://localhost:{self.port}"
        self.certificate = self.directory / "badges.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.directory / "badges.key", "-out",
             self.certificate], check=True, capture_output=True)
        self.tls = ssl.create_default_context(cafile=self.certificate)

    def lifecycle(self, *arguments):
        subprocess.run(
            [self.bin / "qrpin-lifecycle", *arguments, "--postgresql", self.database.url], check=True, stdout=subprocess.DEVNULL)

    def start(self):
        for port in (8081, 8082):
            self.start_service(port)
        self.start_nginx()

    def start_service(self, port):
        """As systemd would from the example's unit and options."""
        options = re.search(r'^OPTIONS="(.*)"$', (example / "lifecycle.conf").read_text(), re.M)[1]
        options, count = re.subn(r"postgresql://\S+", self.database.url.replace("\\", r"\\"), options)
        assert count == 1
        line = re.search(r"^ExecStart=/usr/bin/qrpin-lifecycle (.+)$", (example / "port.conf").read_text(), re.M)[1]
        values = {"${STATE_DIRECTORY}": str(self.directory / "state"), "%i": str(self.ports[port])}
        arguments = [values.get(word, word) for word in line.replace("$OPTIONS", options).split()]
        with (self.directory / f"{port}.log").open("ab") as log:
            self.services[port] = subprocess.Popen([bin / "qrpin-lifecycle", *arguments], stderr=log)
        wait_until(lambda: self.answers(port), f"service {port} answers\n{self.log_of(port)}")

    def start_nginx(self):
        text = (example / "nginx.conf").read_text()
        for example_port, port in self.ports.items():
            text, count = re.subn(rf"(listen |127\.0\.0\.1:){example_port}\b", rf"\g<1>{port}", text)
            assert count == 1, example_port
        text = text.replace("/etc/qrpin/badges.example.test.", f"{self.directory}/badges.")
        text = text.replace(f"listen {self.port}", f"listen 127.0.0.1:{self.port}")
        (self.directory / "site.conf").write_text(text)
        temporary = "".join(
            f"{kind}_temp_path {self.directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.directory / "nginx.conf").write_text(
            f"daemon off;\n{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 2;\npid {self.directory}/nginx.pid;\n"
            f"error_log {self.directory}/nginx.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}"
            f"include {self.directory}/site.conf;\n}}\n")
        with (self.directory / "nginx.log").open("ab") as log:
            self.nginx = subprocess.Popen(
                ["/usr/sbin/nginx", "-c", self.directory / "nginx.conf"], stderr=log, start_new_session=True)
        wait_until(self.is_ready, f"nginx answers\n{(self.directory / 'nginx.log').read_text()}")

    def is_ready(self):
        try:
            return self.call("GET", "/readyz").status == 200
        except OSError:
            return False

    def answers(self, port):
        try:
            socket.create_connection(("127.0.0.1", self.ports[port]), 1).close()
            return True
        except OSError:
            return False

    def kill_service(self, port):
        self.services[port].kill()
        self.services[port].wait()

    def kill_nginx(self):
        """Its workers, too."""
        os.killpg(self.nginx.pid, signal.SIGKILL)
        self.nginx.wait()

    def log_of(self, port):
        path = self.directory / f"{port}.log"
        return path.read_text() if path.exists() else ""

    def requests(self, port, route):
        return sum(route in line for line in self.log_of(port).splitlines())

    def directly(self, port):
        """This site as one of its services alone."""
        other = object.__new__(Site)
        other.__dict__ = self.__dict__ | {"port": self.ports[port], "tls": None}
        return other

    def __exit__(self, *error):
        if error[0]:
            for name in ("8081.log", "8082.log", "nginx.log", "kiosk.log", "screen"):
                path = self.directory / name
                print(f"== {name}", path.read_text()[-2000:] if path.exists() else "", sep="\n")
        if self.also_ends:
            self.also_ends.end()
        for process in [*self.services.values(), self.nginx]:
            if process and process.poll() is None:
                process.terminate()
                process.wait(60)
        self.scratch.cleanup()


class Kiosk:
    """One kiosk, at which two people sign in by turns until they are told to stop."""

    def __init__(self, site):
        self.site = site
        self.badges = {name: self.badge(name, pin) for name, pin in PINS.items()}
        self.key = site.directory / "gate.key"
        public = subprocess.run(
            [bin / "qrpin", "keygen", "--out", self.key], check=True, capture_output=True, text=True).stdout.strip()
        site.lifecycle("client", "add", "gate", f"--public-key={public}", "--role", "Kiosk.SignIn")
        # The scanner says what is written here.
        pipe = site.directory / "badges"
        os.mkfifo(pipe)
        self.pipe = os.open(pipe, os.O_RDWR)
        script = site.directory / "scanner"
        script.write_text(f"#!/bin/bash\necho '{{\"device\":\"none\",\"state\":\"streaming\"}}'\nexec cat {pipe}\n")
        script.chmod(0o755)
        self.keypad, listening = os.openpty()
        self.screen, self.outbox = site.directory / "screen", site.directory / "gate.sqlite"
        self.process = subprocess.Popen(
            [bin / "qrpin-kiosk", "--service", site.url, "--service-ca", site.certificate, "--client-id", "gate", "--key", self.key,
             "--outbox", self.outbox, "--scanner", script, "--keypad", os.ttyname(listening)],
            stdout=self.screen.open("wb"), stderr=(site.directory / "kiosk.log").open("wb"), start_new_session=True)
        wait_until(lambda: "Hold up your badge." in self.lines(), "the kiosk is ready")
        self.results, self.ended = [], threading.Event()
        self.people = threading.Thread(target=self.sign_in_by_turns, daemon=True)
        self.people.start()

    def badge(self, name, pin):
        badge, first = self.site.issue(name)
        attempt, _ = self.site.begin(badge)
        self.site.submit(attempt, first)
        assert self.site.submit(attempt, pin, "newPin")["result"] == "signedIn"
        return "ms-qrpin:v1|" + "|".join(badge)

    def lines(self):
        return self.screen.read_text(errors="replace").splitlines()

    def sign_in_by_turns(self):
        for name in itertools.cycle(PINS):
            if self.ended.is_set():
                return
            self.results.append(self.sign_in(name))
            # The same badge counts again three seconds later.
            time.sleep(1.5)

    def sign_in(self, name):
        seen = len(self.lines())
        os.write(self.pipe, json.dumps({"text": self.badges[name]}).encode() + b"\n")
        while True:
            lines = self.lines()
            for line in lines[seen:]:
                if "Type your PIN" in line:
                    for key in PINS[name] + "\r":
                        os.write(self.keypad, key.encode())
                        time.sleep(0.06)
                for sentence, result in RESULTS.items():
                    if line.endswith(sentence):
                        return result
            seen = len(lines)
            time.sleep(0.02)

    def shown(self):
        """What each attempt came to, as the person read it."""
        return collections.Counter(self.results)

    def goes_on(self, count, when):
        before = self.shown()["signedIn"]
        wait_until(lambda: self.shown()["signedIn"] >= before + count, f"{count} more sign-ins {when}: {self.shown()}")

    def fails(self, when):
        before = self.shown()["serviceUnavailable"]
        wait_until(lambda: self.shown()["serviceUnavailable"] > before, f"a sign-in fails {when}")

    def stop(self):
        """No more badges; the last attempt ends, and what is left goes to the service."""
        self.ended.set()
        self.people.join(60)
        wait_until(lambda: self.waiting() == 0, "the outbox is empty")
        self.end()

    def end(self):
        self.process.terminate()
        self.process.wait(30)

    def waiting(self):
        with closing(sqlite3.connect(f"file:{self.outbox}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute("SELECT count(*) FROM event").fetchone()[0]

    def events(self):
        found, path = [], "/beta/auditLogs/signIns?$top=1000"
        for signin in self.site.call("GET", path, None, "admin").json["value"]:
            if signin["deviceDetail"]["deviceId"] == "gate":
                found.append((signin["kioskSequence"], signin["result"]))
        return sorted(found)


def guesses(site):
    """Five wrong PINs lock a badge, whichever service hears them, and at both"""
    badge, first = site.issue("cora@example.test")
    before = {port: site.requests(port, "/pin") for port in (8081, 8082)}
    for number in range(5):
        attempt, started = site.begin(badge)
        assert started["result"] == "pinRequired", started
        # The answer to the fifth tells of the lock.
        answer = site.submit(attempt, f"7391{number}846")["result"]
        assert answer == ("wrongPIN" if number < 4 else "lockedOut"), (number, answer)
    heard = [site.requests(port, "/pin") - before[port] for port in (8081, 8082)]
    assert min(heard) > 0 and sum(heard) == 5, f"the services heard {heard} PINs"
    for port in (8081, 8082):
        one = site.directly(port)
        attempt, started = one.begin(badge)
        # Locked, the badge is refused at once, or its PIN is, right or not.
        answer = started["result"] if started["result"] != "pinRequired" else one.submit(attempt, first)["result"]
        assert answer == "lockedOut", (port, answer)


def storm(site):
    """Sign-ins go on while a service is dead; after deaths of nginx, of each service and of PostgreSQL no event is lost or doubled"""
    kiosk = Kiosk(site)
    site.also_ends = kiosk
    kiosk.goes_on(2, "at first")
    for port in (8081, 8082):
        site.kill_service(port)
        kiosk.goes_on(2, f"without service {port}")
        site.start_service(port)
    site.kill_nginx()
    kiosk.fails("without nginx")
    site.start_nginx()
    kiosk.goes_on(2, "after nginx came back")
    site.database.tell("stop")
    kiosk.fails("without PostgreSQL")
    site.database.tell("start")
    kiosk.goes_on(2, "after PostgreSQL came back")
    kiosk.stop()
    events, shown = kiosk.events(), sum(kiosk.shown().values())
    assert [number for number, _ in events] == list(range(1, shown + 1)), f"{shown} attempts were shown, the log has {events}"
    assert [result for _, result in events] == kiosk.results, (events, kiosk.results)
    audit = subprocess.run(
        [bin / "qrpin", "audit", "verify", "--service", site.url, "--service-ca", site.certificate, "--client-id", "auditor", "--key",
         site.directory / "auditor.key", "--kiosk", "gate", "--outbox", kiosk.outbox], capture_output=True, text=True)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    return f": {json.dumps(kiosk.shown())}"


def logs(site):
    """All that the service tells of sign-ins, and of what administrators did."""
    return [site.call("GET", f"/beta/auditLogs/{log}?$top=1000", None, "admin").json["value"] for log in ("signIns", "directoryAudits")]


def restore(site):
    """A dump that is restored into a new database has every event, person, badge and PIN, and nothing that came later"""
    badge, first = site.issue("dora@example.test")
    attempt, _ = site.begin(badge)
    site.submit(attempt, first)
    assert site.submit(attempt, PINS["ada@example.test"], "newPin")["result"] == "signedIn"
    dump, *restoring = guide("backup.md")
    site.database.run(dump, site.directory)
    before = logs(site)
    later, _ = site.issue("eve@example.test")
    assert all(before) and logs(site) != before
    for service in site.services.values():
        service.terminate()
        service.wait(60)
    for line in restoring:
        site.database.run(line, site.directory)
    for port in site.services:
        site.start_service(port)
    wait_until(site.is_ready, "nginx finds the services again")
    assert logs(site) == before
    attempt, _ = site.begin(badge)
    assert site.submit(attempt, PINS["ada@example.test"])["result"] == "signedIn"
    assert site.begin(later)[1]["result"] == "badgeRefused"


database = PostgreSQL()
try:
    with SeveralServices(database) as site:
        for name in ("Cora", "Dora", "Eve"):
            site.lifecycle("user", "add", f"{name.lower()}@example.test", "--display-name", name)
        public = subprocess.run(
            [bin / "qrpin", "keygen", "--out", site.directory / "auditor.key"], check=True, capture_output=True, text=True).stdout
        site.lifecycle(
            "client", "add", "auditor", f"--public-key={public.strip()}", "--role", "AuditLog.Read.All", "--role", "Kiosk.Read.All")
        for test in (guesses, storm, restore):
            print("ok  ", test.__doc__ + (test(site) or ""), flush=True)
finally:
    database.end()
