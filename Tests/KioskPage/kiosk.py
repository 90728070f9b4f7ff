"""A running qrpin-kiosk with its page, whose camera is a picture file and whose keypad is a pseudo-terminal."""

import http.client
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import tty

from chromium import until

WIDTH, HEIGHT = 640, 480


class Kiosk:
    """`camera` and `keypad` are absent until they are plugged in."""

    def __init__(self, bin, site, arguments):
        self.bin, self.site, self.arguments = bin, pathlib.Path(site), arguments
        self.camera, self.keypad = self.site / "camera.pgm", self.site / "keypad"
        self.frames = {"nothing": bytes([128]) * WIDTH * HEIGHT}
        self.port, self.master, self.heard = 0, None, []

    def draw(self, name, payload):
        """A badge as the camera sees it."""
        text, frame = self.site / f"{name}.txt", self.site / f"{name}.yuyv"
        text.write_text(payload)
        subprocess.run([f"{self.bin}/qrpin", "encode", "--text-file", text, "--yuyv", frame], check=True)
        self.frames[name] = frame.read_bytes()[::2]  # Luma is every first byte of two.

    def start(self):
        """On the same port as before."""
        log = self.site / "kiosk.log"
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [f"{self.bin}/qrpin-kiosk", *self.arguments, "--scanner", f"{self.bin}/qrpin-scan", "--camera", self.camera,
                 "--keypad", self.keypad, "--page", str(self.port)], stdout=file, stderr=subprocess.STDOUT)
        found = until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text()), "the page's address in the kiosk's log")
        self.port, self.url = int(found[1]), found[0].rstrip("/")

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, f"the kiosk ended with {self.process.returncode}"

    def show(self, name):
        """Holds something before the camera; in the same file, as the camera keeps it open."""
        with self.camera.open("r+b" if self.camera.exists() else "wb") as file:
            file.write(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + self.frames[name])

    def plug_keypad(self):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.keypad.symlink_to(os.ttyname(slave))
        # Whoever has the other end open last closes it: the kiosk.
        until(lambda: self.state()["keypad"] == "present", "the keypad")
        os.close(slave)

    def unplug_keypad(self):
        self.keypad.unlink()
        os.close(self.master)

    def type(self, keys):
        """As fast as a person can."""
        for key in keys:
            os.write(self.master, key.encode())
            time.sleep(0.07)

    # As a program that is no browser

    def ask(self, method, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers=headers)
        return connection.getresponse()

    def bearer(self):
        page = self.ask("GET", "/").read().decode()
        return {"Authorization": f"Bearer {re.search('name=.qrpin-token. content=.([0-9a-f]{64})', page)[1]}"}

    def state(self):
        return json.loads(self.ask("GET", "/api/v1/state", **self.bearer()).read())

    def listen(self):
        """Keeps all that goes over the wire in `heard`."""
        def read():
            answer = self.ask("GET", "/api/v1/events", **self.bearer())
            try:
                while line := answer.readline():
                    self.heard.append(line.decode())
            except OSError:
                pass

        threading.Thread(target=read, daemon=True).start()
        until(lambda: self.heard, "the first line of the events")
