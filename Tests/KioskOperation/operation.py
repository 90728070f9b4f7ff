"""The steps behind Tests/KioskOperation/run. Each is a function; its name says what holds, and it builds on those before it.

usage: operation.py DIRECTORY-OF-PROGRAMS SITE URL-OF-THE-SERVICE
"""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

from prometheus_client.parser import text_string_to_metric_families

from chromium import until
from kiosk import Kiosk

bin, site, url = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
PIN, NEW_PIN = re.search(r"^PIN (\d+)", (site / "issued").read_text(), re.MULTILINE)[1], "35387687"
BADGE = (site / "badge" / "payload.txt").read_text()


class Manager:
    """systemd's end of sd_notify(3)."""

    def __init__(self):
        self.path = site / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.setblocking(False)
        self.heard = []

    def listen(self):
        while True:
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def count(self, beginning):
        return sum(text.startswith(beginning) for text in self.listen())

    @property
    def status(self):
        return next((text[7:] for text in reversed(self.listen()) if text.startswith("STATUS=")), "")


class OperatedKiosk(Kiosk):
    """One that is started as its unit does it; what people see and what is logged are apart."""

    def start(self):
        self.log = site / "kiosk.stderr"
        with (site / "kiosk.stdout").open("a") as screen, self.log.open("a") as log:
            self.process = subprocess.Popen(
                [f"{bin}/qrpin-kiosk", "--config", CONFIGURATION], stdout=screen, stderr=log,
                env=os.environ | {"NOTIFY_SOCKET": str(manager.path), "QRPIN_SCANNER": f"{bin}/qrpin-scan"})
        self.port, self.metrics_port = good["page"], good["metrics"]
        until(layout, "the page")

    def logged(self):
        return self.log.read_text()

    def type(self, keys):
        """Slowly, so that on a busy machine keys do not come together, which would be noise."""
        for key in keys:
            os.write(self.master, key.encode())
            time.sleep(0.2)

    def reload(self):
        """SIGHUP; returns when the kiosk says that it is ready again."""
        before = manager.count("READY=1")
        self.process.send_signal(signal.SIGHUP)
        until(lambda: manager.count("READY=1") > before, "READY=1")

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=60)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        assert answer.getheader("content-type") == "text/plain; version=0.0.4; charset=utf-8"
        self.exposition = answer.read().decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(self.exposition) for sample in family.samples}

    def sign_in(self, *pins, during=lambda: None):
        """Until success is shown. `during` is done when the PIN is asked for."""
        def asked():
            self.show("nothing")
            time.sleep(3.2)  # The scanner's hold-off, and a frame.
            self.show("badge")
            time.sleep(1)
            return self.state()["phase"] == "pin"

        until(asked, "the question for the PIN")
        self.show("nothing")
        during()
        for pin in pins:
            until(lambda: self.state()["phase"] == "pin" and self.state().get("typed") == 0, "a question for a PIN")
            self.type(pin + "\r")
        until(lambda: self.state().get("outcome") == "signedIn", "success")

    def is_idle(self):
        return self.state()["phase"] == "idle"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def layout():
    """What the page shows; nothing while one configuration makes room for another."""
    try:
        return kiosk.state().get("keypadLayout")
    except (OSError, http.client.HTTPException):
        return None


CONFIGURATION = str(site / "kiosk.conf")
manager = Manager()
kiosk = OperatedKiosk(bin, site, [])
good = {
    "service": url, "client-id": "kiosk-1", "key": site / "kiosk.key", "outbox": site / "outbox.sqlite", "camera": kiosk.camera,
    "keypad": kiosk.keypad, "page": free_port(), "metrics": free_port(),
}


def configure(**changes):
    """Writes the file; `keypad_baud` is the key keypad.baud."""
    settings = good | {name.replace("_", "."): value for name, value in changes.items()}
    pathlib.Path(CONFIGURATION).write_text(
        "# Of a test\n\n" + "".join(f"{key} = {value}\n" for key, value in settings.items() if value is not None))


def check(*flags, **environment):
    done = subprocess.run(
        [f"{bin}/qrpin-kiosk", "--config", CONFIGURATION, "--check", "--scanner", f"{bin}/qrpin-scan", *flags],
        capture_output=True, text=True, env=os.environ | environment)
    assert done.stdout == "" and all(line.startswith("Error: ") for line in done.stderr.splitlines()), done
    return done.returncode, [line[7:].replace(CONFIGURATION, "F") for line in done.stderr.splitlines()]


def a_check_of_what_is_right_says_nothing():
    kiosk.draw("badge", BADGE)
    kiosk.show("nothing")
    configure()
    assert check() == (0, []), check()


def a_check_names_place_key_value_and_cure_of_all_that_is_wrong():
    configure(keypad_bauds=9600, keypad_baud=9601, session="long", preview="perhaps")
    status, problems = check("--page-language", "en")
    assert status == 64
    assert [problem.split(": ")[0:2] for problem in problems] == [
        ["F:11", "keypad.bauds = 9600"], ["F:14", "preview = perhaps"], ["F:13", "session = long"], ["F:12", "keypad.baud = 9601"],
    ], problems
    assert "Is keypad.baud meant?" in problems[0] and "9600" in problems[3]
    configure(service="badges.example", key=site / "none.key", outbox="/nowhere/outbox.sqlite", camera="no-camera",
              keypad="ttyACM0", hand_over="true", page_language="xx", service_ca=site / "kiosk.key")
    pathlib.Path(CONFIGURATION).write_text(pathlib.Path(CONFIGURATION).read_text().replace("hand.over", "hand-over"))
    status, problems = check()
    assert status == 64
    assert [problem.split(" = ")[0].split(": ")[1] for problem in problems] == [
        "service", "key", "service.ca", "outbox", "camera", "keypad", "page.language", "hand-over"], problems
    assert all(problem.endswith(".") for problem in problems), problems


def the_scanner_says_what_is_wrong_with_the_camera_options():
    configure(camera_format="XXXX")
    status, problems = check()
    assert status == 64 and len(problems) == 1 and problems[0].startswith("F:11: camera.format = XXXX: "), problems
    configure(camera_rate=5000)
    status, problems = check()
    assert status == 64 and problems == ["F:11: camera.rate = 5000: --camera-rate is 1 to 1000 frames a second."], problems


def options_win_over_the_environment_and_that_over_the_file():
    configure(keypad_baud=1)
    assert check(QRPIN_KEYPAD_BAUD="2")[1][0].startswith("QRPIN_KEYPAD_BAUD=2: ")
    assert check("--keypad-baud", "3", QRPIN_KEYPAD_BAUD="2")[1][0].startswith("--keypad-baud 3: ")
    assert check("--keypad-baud", "9600", QRPIN_KEYPAD_BAUD="2") == (0, [])


def a_wrong_file_keeps_it_from_starting_with_a_status_that_systemd_knows():
    configure(keypad_baud=1)
    done = subprocess.run([f"{bin}/qrpin-kiosk", "--config", CONFIGURATION], capture_output=True, text=True)
    assert done.returncode == 64 and "keypad.baud = 1: give one of" in done.stderr, done


def it_starts_by_its_file_and_says_how_it_is():
    configure()
    kiosk.start()
    until(lambda: manager.count("READY=1") == 1, "READY=1")
    until(lambda: manager.status.startswith("idle; camera present; keypad absent"), "the status without a keypad")
    kiosk.plug_keypad()
    until(lambda: manager.status == "idle; camera present; keypad present; service reached; 0 events wait", "the status with all")


def a_sign_in_is_counted_and_timed():
    kiosk.sign_in(PIN, NEW_PIN, NEW_PIN)
    until(kiosk.is_idle, "the end of it")
    until(lambda: kiosk.metrics()[("qrpin_kiosk_outbox_events",)] == 0, "the event at the service")
    seen = kiosk.metrics()
    for name, value in [
        (("qrpin_kiosk_attempts_total", ("outcome", "signedIn")), 1), (("qrpin_kiosk_badge_to_prompt_seconds_count",), 1),
        (("qrpin_kiosk_key_to_result_seconds_count",), 2), (("qrpin_kiosk_camera_present",), 1),
        (("qrpin_kiosk_keypad_present",), 1), (("qrpin_kiosk_service_reached",), 1), (("qrpin_kiosk_clock_trusted",), 1),
        (("qrpin_kiosk_scanner_crashes_total",), 0),
        (("qrpin_kiosk_service_call_seconds_count", ("result", "answered"), ("step", "start")), 1),
        (("qrpin_kiosk_service_call_seconds_count", ("result", "answered"), ("step", "pin")), 2),
    ]:
        assert seen.get(name) == value, f"{name} is {seen.get(name)}\n{kiosk.exposition}"
    assert seen[("qrpin_kiosk_reads_total",)] >= 1 and seen[("process_resident_memory_bytes",)] > 0
    assert 0 < seen[("qrpin_kiosk_badge_to_prompt_seconds_sum",)] < 30
    code = BADGE.split("|")[2]
    assert not any(word in kiosk.exposition for word in ("ada", "example.test", "kiosk-1", code)), "a name or an id"


def a_reload_waits_for_the_end_of_the_attempt_and_keeps_the_page():
    token = kiosk.bearer()
    configure(keypad_layout="calculator", session=3600)

    def hang_up():
        kiosk.process.send_signal(signal.SIGHUP)
        until(lambda: manager.count("RELOADING=1"), "RELOADING=1")

    kiosk.sign_in(NEW_PIN, during=hang_up)
    assert kiosk.state()["keypadLayout"] == "telephone", "it began in the middle of an attempt"
    said = next(text for text in manager.heard if text.startswith("RELOADING=1"))
    assert abs(int(re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", said)[1]) / 1e6 - time.monotonic()) < 600, said
    until(lambda: kiosk.logged().count("the new configuration begins\n"), "the new configuration")
    until(layout, "the page")
    assert kiosk.bearer() == token
    assert kiosk.state()["keypadLayout"] == "calculator"

    def metrics():
        try:
            return kiosk.metrics()
        except OSError:
            return None  # They listen by themselves, perhaps after the page.

    until(metrics, "the metrics")
    assert kiosk.metrics()[("qrpin_kiosk_reloads_total", ("result", "taken"))] == 1
    assert kiosk.metrics()[("qrpin_kiosk_attempts_total", ("outcome", "signedIn"))] == 2, "counters begin anew"


def a_reload_of_something_wrong_changes_nothing():
    configure(outbox=site / "other.sqlite")
    kiosk.reload()
    assert f"{CONFIGURATION}:6: outbox = {site}/other.sqlite: this changes at a restart" in kiosk.logged()
    configure(keypad_layout="telephon", session=3600)
    kiosk.reload()
    assert f"{CONFIGURATION}:11: keypad.layout = telephon: " in kiosk.logged()
    assert kiosk.state()["keypadLayout"] == "calculator"
    assert kiosk.metrics()[("qrpin_kiosk_reloads_total", ("result", "refused"))] == 2


def what_shows_only_when_it_is_tried_brings_the_old_back():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        configure(keypad_layout="telephone", metrics=taken.getsockname()[1])
        kiosk.reload()
        until(lambda: "the new configuration does not work, and the old one stays: --metrics" in kiosk.logged(), "the reason")
        until(lambda: layout() == "calculator", "the old configuration")
    configure(session=3600)
    kiosk.reload()
    until(lambda: layout() == "telephone", "the new configuration")


def a_key_that_was_changed_is_taken_by_a_reload():
    subprocess.run([f"{bin}/qrpin", "change-key", "--service", url, "--client-id", "kiosk-1", "--key", site / "kiosk.key"],
                   check=True, stdout=subprocess.DEVNULL)
    kiosk.reload()
    until(layout, "the page")
    until(lambda: kiosk.state()["keypad"] == "present" and kiosk.state()["camera"] == "present", "camera and keypad")
    kiosk.sign_in(NEW_PIN)


def a_session_is_waited_for_but_not_by_who_asked_for_the_reload():
    until(lambda: kiosk.state()["phase"] == "session", "the session")
    configure(keypad_layout="calculator", session=3600)
    kiosk.reload()
    assert "the new configuration begins when nobody is at the kiosk" in kiosk.logged()
    assert kiosk.state()["keypadLayout"] == "telephone" and kiosk.state()["phase"] == "session"
    kiosk.type("\x1b")
    until(lambda: layout() == "calculator", "the new configuration")


def doctor(*flags):
    done = subprocess.run(
        [f"{bin}/qrpin", "doctor", "--config", CONFIGURATION, "--json", *flags], capture_output=True, text=True)
    findings = json.loads(done.stdout)
    assert done.returncode == int(any(found["standing"] == "failed" for found in findings)), done
    assert all(("cure" in found) == (found["standing"] == "failed") for found in findings), findings
    return {found["check"]: found for found in findings}


def the_doctor_is_content_with_a_kiosk_that_runs():
    until(lambda: kiosk.state()["keypad"] == "present", "the keypad")
    found = doctor()
    assert [check for check in found if found[check]["standing"] != "ok"] in ([], ["clock"]), found
    assert "as the service's" in found["clock"]["result"], found["clock"]
    assert found["keypad"]["result"].endswith("is in use by the running kiosk"), found["keypad"]
    assert found["outbox"]["result"] == "0 events wait" and url in found["service"]["result"], found


def it_ends_when_it_is_told_to():
    kiosk.stop()
    assert manager.listen()[-1] == "STOPPING=1", manager.heard[-3:]
    assert not any("ada" in text for text in manager.heard), "systemd was told a name"


def the_doctor_tries_what_no_kiosk_holds():
    found = doctor()
    assert found["camera"] == {"check": "camera", "standing": "ok", "result": f"{kiosk.camera} shows pictures"}, found["camera"]
    assert found["keypad"] == {"check": "keypad", "standing": "ok", "result": f"{kiosk.keypad} can be opened"}, found["keypad"]


def the_doctor_says_what_is_wrong_and_the_cure():
    subprocess.run([f"{bin}/qrpin", "keygen", "--out", site / "other.key"], check=True, stdout=subprocess.DEVNULL)
    keypad = os.open(os.path.realpath(kiosk.keypad), os.O_RDWR | os.O_NOCTTY)
    configure(key=site / "other.key", camera=site / "none", keypad_layout="round")
    found = doctor("--outbox", "/nowhere/outbox.sqlite")
    os.close(keypad)
    assert {check for check in found if found[check]["standing"] == "failed"} - {"clock"} == {
        "configuration", "camera", "keypad", "enrolment", "disk"}, found
    assert "python" in found["keypad"]["result"] and found["keypad"]["cure"].startswith("End "), found["keypad"]
    assert "401" in found["enrolment"]["result"] and "qrpin enrol" in found["enrolment"]["cure"], found["enrolment"]
    configure(service=f"http://127.0.0.1:{free_port()}")
    found = doctor()
    assert (found["service"]["standing"], found["enrolment"]["standing"]) == ("failed", "unknown"), found


def the_log_names_nobody_and_holds_no_secret():
    log = kiosk.logged()
    assert "the new configuration begins" in log and "keypad" in log, log
    assert "ada@example.test" in (site / "kiosk.stdout").read_text(), "the search would find nothing"
    for word in ["ada@", "Ada", "Lovelace", PIN, NEW_PIN, BADGE.strip().split("|")[3]]:
        assert word not in log, f"{word} is in the log"


STEPS = [
    a_check_of_what_is_right_says_nothing,
    a_check_names_place_key_value_and_cure_of_all_that_is_wrong,
    the_scanner_says_what_is_wrong_with_the_camera_options,
    options_win_over_the_environment_and_that_over_the_file,
    a_wrong_file_keeps_it_from_starting_with_a_status_that_systemd_knows,
    it_starts_by_its_file_and_says_how_it_is,
    a_sign_in_is_counted_and_timed,
    a_reload_waits_for_the_end_of_the_attempt_and_keeps_the_page,
    a_reload_of_something_wrong_changes_nothing,
    what_shows_only_when_it_is_tried_brings_the_old_back,
    a_key_that_was_changed_is_taken_by_a_reload,
    a_session_is_waited_for_but_not_by_who_asked_for_the_reload,
    the_doctor_is_content_with_a_kiosk_that_runs,
    it_ends_when_it_is_told_to,
    the_doctor_tries_what_no_kiosk_holds,
    the_doctor_says_what_is_wrong_and_the_cure,
    the_log_names_nobody_and_holds_no_secret,
]

try:
    for step in STEPS:
        try:
            step()
        except BaseException as error:
            print(f"FAIL {step.__name__.replace('_', ' ')}: {error}", file=sys.stderr)
            print(kiosk.log.read_text()[-3000:] if hasattr(kiosk, "log") else "", manager.listen()[-10:], file=sys.stderr)
            raise
        print(f"ok   {step.__name__.replace('_', ' ')}", flush=True)
finally:
    if hasattr(kiosk, "process"):
        kiosk.process.kill()
