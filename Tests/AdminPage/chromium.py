"""A headless Chromium, driven over its DevTools protocol on two pipes (--remote-debugging-pipe): one JSON message, one NUL byte."""

import base64
import collections
import fcntl
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time

DEADLINE = 60

KEYS = {
    "Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "Space": (" ", 32, " "),
    "ArrowDown": ("ArrowDown", 40, ""),
}


class Chromium:
    """One page in a browser with a profile of its own. `requests` and `complaints` are what it asked for and what went wrong in it."""

    def __init__(self, *flags):
        self.profile = tempfile.mkdtemp(prefix="qrpin-chromium.")
        commands, self.input = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in os.pipe())
        self.output, answers = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in os.pipe())

        def place():
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        arguments = ["chromium", "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--lang=en-GB", *flags]
        if os.getuid() == 0:
            arguments.append("--no-sandbox")  # Chromium has no sandbox for root, and does not start without this.
        self.process = subprocess.Popen(arguments, preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.number = 0
        self.answers = collections.defaultdict(queue.Queue)
        self.requests, self.complaints = [], []
        threading.Thread(target=self._read, daemon=True).start()
        self.session = None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "DOM", "Accessibility", "Network", "Audits", "Log"]:
            self.send(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        shutil.rmtree(self.profile, ignore_errors=True)

    # The protocol

    def send(self, method, patience=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.input, json.dumps(message).encode() + b"\0")
        try:
            answer = self.answers[self.number].get(timeout=patience or DEADLINE)
        except queue.Empty:
            raise RuntimeError(f"{method}: no answer") from None
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _read(self):
        rest = b""
        while chunk := os.read(self.output, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self.answers[message["id"]].put(message)
                else:
                    self._note(message["method"], message["params"])

    def _note(self, event, details):
        if event == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(details["exceptionDetails"].get("exception", details["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning"):
            self.complaints.append(details["args"])
        elif event == "Audits.issueAdded":
            self.complaints.append(details["issue"])
        elif event == "Log.entryAdded" and details["entry"]["source"] != "network":
            # Refusals of the service (source network) are part of the tests.
            self.complaints.append(details["entry"])

    # The page

    def js(self, expression, patience=None):
        result = self.send("Runtime.evaluate", patience, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression, what=None):
        """Until the expression is true."""
        # A page that reloads itself may take a question along, and never answer.
        return until(lambda: self.js(f"Boolean({expression})", patience=3), what or expression)

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && !document.querySelector('main[aria-busy]')")

    def size(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, is_dark):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}])

    def screenshot(self, path, whole=False):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", captureBeyondViewport=whole)["data"]))

    def pdf(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]))

    # What a person finds, by role and name as a screen reader says them

    def nodes(self, role, name=None):
        root = self.send("DOM.getDocument", depth=0)["root"]["backendNodeId"]
        names = {"accessibleName": name} if name else {}
        found = self.send("Accessibility.queryAXTree", backendNodeId=root, role=role, **names)["nodes"]
        return [node for node in found if not node["ignored"]]

    def find(self, role, name=None):
        return until(lambda: self.nodes(role, name), f"{role} {name!r}")[0]["backendDOMNodeId"]

    def has(self, role, name=None):
        return bool(self.nodes(role, name))

    def on(self, node, function, *arguments):
        thing = self.send("DOM.resolveNode", backendNodeId=node)["object"]["objectId"]
        answer = self.send("Runtime.callFunctionOn", objectId=thing, functionDeclaration=function, returnByValue=True,
                           arguments=[{"value": argument} for argument in arguments])
        return answer["result"].get("value")

    def click(self, role, name):
        def place():
            node = self.find(role, name)
            self.send("DOM.scrollIntoViewIfNeeded", backendNodeId=node)
            return self.send("DOM.getBoxModel", backendNodeId=node)["model"]["content"]

        box = until(place, f"place of {role} {name!r}")  # Gone again, when the page was just drawn anew.
        x, y = (box[0] + box[4]) / 2, (box[1] + box[5]) / 2
        for kind in ["mousePressed", "mouseReleased"]:
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def fill(self, name, text, role="textbox"):
        node = self.find(role, name)
        self.send("DOM.focus", backendNodeId=node)
        self.on(node, "function() { this.value = '' }")
        self.type(text)

    def choose(self, name, value, role="combobox"):
        """A value of a list, or of a field for a date."""
        self.on(self.find(role, name), "function(value) { this.value = value; this.dispatchEvent(new Event('change')) }", value)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def key(self, name, shift=False):
        key, code, text = KEYS[name]
        for kind in ["keyDown", "keyUp"]:
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=name, windowsVirtualKeyCode=code, modifiers=8 * shift, **typed)

    def focused(self):
        """What has the focus: role and name."""
        node = self.send("Runtime.evaluate", expression="document.activeElement")["result"]["objectId"]
        tree = self.send("Accessibility.getPartialAXTree", objectId=node, fetchRelatives=False)["nodes"][0]
        return tree["role"]["value"], tree.get("name", {}).get("value", "")


def until(condition, what):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except RuntimeError:
            pass  # The page is on its way to another document.
        time.sleep(0.05)
    raise AssertionError(f"not seen within {DEADLINE} s: {what}")
