"""The guide's browser shows the kiosk page, and the policy of deploy/examples/kiosk-screen lets it open nothing else. The screen itself is set
up in Tests/HardwareInLoop/installed.

usage: screen.py      as root, who alone can give a browser another /etc/chromium
"""

import contextlib
import functools
import http.server
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

POLICY = pathlib.Path("deploy/examples/kiosk-screen/policy.json")
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


def at(page, text):
    """A text of ours that names the kiosk page, for another page."""
    assert text.count(PAGE) == 1, text
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
            (settings / "policies/managed/kiosk-screen.json").write_text(at(page, POLICY.read_text()))
        with running(["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/chromium && exec chromium "$@"', settings, "--headless=new", "--no-sandbox",
                      "--incognito", "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={scratch}/profile", page.url]):
            until(lambda: page.asked and (has_policy or elsewhere.asked), "the browser opens nothing")
            time.sleep(4)
    return "/left" in elsewhere.asked


def is_shown():
    """The guide's browser, for a user without rights, on a screen that is none."""
    guide = subprocess.run(
        ["Tests/Guides/commands", "kiosk-page.md", "Tests/KioskPage/screen.py"], check=True, capture_output=True, text=True).stdout.strip()
    page = Server()
    with tempfile.TemporaryDirectory(prefix="qrpin-screen.", ignore_cleanup_errors=True) as home:
        shutil.chown(home, "nobody")
        compositor = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
        with running(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "cage", "--", *shlex.split(at(page, guide))],
                     env={"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": home, "XDG_SESSION_TYPE": "wayland"} | compositor):
            until(lambda: page.asked, "the browser opens nothing")


if os.getuid() != 0:
    print("skipped: the kiosk's screen is tried by root alone")
    sys.exit()
is_shown()
print("ok   the guide's browser opens the page")
assert is_left(has_policy=False)
assert not is_left(has_policy=True)
print("ok   its policy lets the browser open the page, and nothing else")
