"""The screen of deploy/examples/kiosk-screen: the guide sets it up, its unit's command shows the kiosk page, and its policy lets the browser
open nothing else.

usage: screen.py      as root, who alone can give a browser another /etc/chromium
"""

import contextlib
import functools
import http.server
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

EXAMPLE = pathlib.Path("deploy/examples/kiosk-screen")
PAGE = "http://127.0.0.1:8090"


class Server:
    """A web server that keeps what it was asked for, and sends everybody on to `onward`."""

    def __init__(self, onward=""):
        asked = self.asked = set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.add(self.path)
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(f"<script>setTimeout(() => location = '{onward}', 500)</script>".encode() if onward else b"elsewhere")

            log_message = functools.partialmethod(lambda *_: None)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"


def here(name, page):
    """A file of the example, with another page."""
    text = (EXAMPLE / name).read_text()
    assert text.count(PAGE) == 1, f"{name} names the page once"
    return text.replace(PAGE, page.url)


@contextlib.contextmanager
def running(command, **options):
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **options)
    try:
        yield
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait()


def until(condition, what):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def is_left(has_policy):
    """Whether a browser leaves the page, which sends it elsewhere."""
    elsewhere = Server()
    page = Server(onward=f"{elsewhere.url}/left")
    with tempfile.TemporaryDirectory(prefix="qrpin-screen.", ignore_cleanup_errors=True) as scratch:
        settings = pathlib.Path(scratch, "etc")
        shutil.copytree("/etc/chromium", settings)
        (settings / "policies/managed").mkdir(parents=True)
        if has_policy:
            (settings / "policies/managed/kiosk-screen.json").write_text(here("policy.json", page))
        with running(["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/chromium && exec chromium "$@"', settings, "--headless=new", "--no-sandbox",
                      "--incognito", "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={scratch}/profile", page.url]):
            until(lambda: page.asked and (has_policy or elsewhere.asked), "the browser opens nothing")
            time.sleep(4)
    return "/left" in elsewhere.asked


def guide():
    """The guide's commands: the browser's, then those that set the screen up."""
    browser, *setup = subprocess.run(
        ["Tests/Guides/commands", "kiosk-page.md", "Tests/KioskPage/screen.py"], check=True, capture_output=True, text=True).stdout.splitlines()
    return browser, setup


def unit_command():
    return re.search(r"^ExecStart=(.*)", (EXAMPLE / "kiosk-screen.service").read_text(), re.M)[1]


def is_set_up():
    """On this machine as it is, but for what is written, which goes to memory. Systemd, told that it does not run there, enables the unit and starts nothing."""
    script = r"""
        machine=$1/machine
        mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$machine"
        mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$machine"
        for directory in proc sys dev; do mount --rbind "/$directory" "$machine/$directory"; done
        echo 'APT::Get::Assume-Yes "true"; APT::Get::Upgrade "false"; APT::Install-Recommends "false";' >"$machine/etc/apt/apt.conf.d/99qrpin"
        mkdir -p "$machine$PWD" && mount --bind "$PWD" "$machine$PWD"
        exec chroot "$machine" bash -euxc 'cd "$0"; '"$2" "$PWD"
    """
    # `is_shown` starts what the unit starts.
    setup = [line.replace(" --now ", " ") for line in guide()[1]]
    look = ["getent passwd kiosk-screen", "test -f /etc/chromium/policies/managed/kiosk-screen.json",
            "systemctl is-enabled kiosk-screen", "systemd-analyze verify --man=no kiosk-screen.service"]
    with tempfile.TemporaryDirectory(prefix="qrpin-screen.") as scratch:
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-euc", script, "set-up", scratch, "\n".join([*setup, *look])], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_OFFLINE": "1"})
    assert done.returncode == 0, done.stdout
    shown = done.stdout.splitlines()
    home, enabled = (line for line in shown if line.startswith("kiosk-screen:") or line == "enabled")
    assert home.split(":")[5:] == ["/var/lib/kiosk-screen", "/usr/sbin/nologin"], done.stdout
    said = shown[shown.index("+ systemd-analyze verify --man=no kiosk-screen.service") + 1:]
    assert not said, f"systemd says of the unit: {said}"


def is_shown(command):
    """A command, by a user without rights, on a screen that is none."""
    page = Server()
    assert command.count(PAGE) == 1, command
    command = command.replace(PAGE, page.url)
    with tempfile.TemporaryDirectory(prefix="qrpin-screen.", ignore_cleanup_errors=True) as home:
        shutil.chown(home, "nobody")
        compositor = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
        with running(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *shlex.split(command)],
                     env={"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": home, "XDG_SESSION_TYPE": "wayland"} | compositor):
            until(lambda: page.asked, "the screen's command opens nothing")


if os.getuid() != 0:
    print("skipped: the kiosk's screen is tried by root alone")
    sys.exit()
is_set_up()
print("ok   the guide sets the kiosk's screen up, and systemd has nothing to say about its unit")
is_shown("cage -- " + guide()[0])
print("ok   the guide's browser opens the page")
is_shown(unit_command())
print("ok   the command of the kiosk's screen opens the page")
assert is_left(has_policy=False)
assert not is_left(has_policy=True)
print("ok   its policy lets the browser open the page, and nothing else")
