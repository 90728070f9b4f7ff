"""The kiosk page in headless Chromium. Run by Tests/KioskPage/run; each step builds on those before it.

usage: page.py DIRECTORY-OF-PROGRAMS SITE PID-OF-THE-SERVICE [DIRECTORY-FOR-SCREENSHOTS] -- ARGUMENT-OF-qrpin-kiosk…
"""

import functools
import http.server
import importlib.util
import json
import os
import pathlib
import re
import signal
import sys
import threading
import time

from chromium import Chromium, until
from kiosk import Kiosk

split = sys.argv.index("--")
bin, site, service = sys.argv[1:4]
shots = sys.argv[4] if split > 4 else None
issued = pathlib.Path(site, "issued").read_text()
PIN, NEW_PIN = re.search(r"^PIN (\d+)", issued, re.MULTILINE)[1], "35387687"
languages = {path.stem: json.loads(path.read_text()) for path in pathlib.Path("Sources/KioskPage/Page").glob("*.json")}
axe = (pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()

#: A portrait kiosk, a landscape one, a small panel; and a page that is zoomed to 320 px (WCAG 1.4.10).
SCREENS = [(1080, 1920), (1920, 1080), (800, 480)]
NARROW = (320, 640)

# Keeps what would be heard, and does in a moment what takes a minute.
BEFORE = """
    window.tones = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) { tones.push(this.frequency.value); start.call(this, when); };
    const later = window.setTimeout;
    window.setTimeout = (act, time) => later(act, time === 60000 ? 500 : time);
"""


def text(tag, key):
    return languages[tag]["texts"][key]


def word(name, tag="en"):
    return languages[tag]["words"][name]


def says(key, tag="en"):
    """The headline and the next step, as they are seen."""
    wanted = text(tag, key)
    next = re.sub(r"\\{\w+\\}", r"\\S+", re.escape(wanted["next"]))
    heard = "document.querySelector('[aria-live=assertive]').innerText"
    # In one question: the kiosk may go on to another state between two.
    page.wait(f"document.getElementById('title').textContent === {json.dumps(wanted['title'])} &&"
              f" new RegExp({json.dumps(f'^{next}$')}).test(document.getElementById('next').textContent) &&"
              f" {heard}.includes({json.dumps(wanted['title'])}) && new RegExp({json.dumps(next)}).test({heard})", f"{key}: {wanted}")


def rings():
    return page.js("[...document.querySelectorAll('#dots span')].map((ring) => ring.className)")


def tones():
    heard = page.js("tones")
    page.js("tones.length = 0")
    return heard


def accessible(name):
    """No violation of WCAG 2.2 A and AA that axe-core finds, targets of 44 px, and nothing that sticks out, on each screen."""
    page.js(axe + ";0")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for size in [*SCREENS, NARROW]:
        page.size(*size)
        # A colour on its way to another has a contrast of its own.
        page.js("Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))")
        found = page.js(f"axe.run({{ runOnly: {json.dumps(tags)} }}).then(({{ violations }}) => violations.map((rule) =>"
                        " `${rule.id}: ${rule.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')}`))")
        assert not found, f"{name} at {size}: {found}"
        assert page.js(f"document.documentElement.scrollWidth <= {size[0]}"), f"{name} is wider than {size}"
        assert size == NARROW or page.js(f"document.documentElement.scrollHeight <= {size[1]}"), f"{name} is higher than {size}"
        small = page.js("[...document.querySelectorAll('button')].filter((button) => button.offsetParent)"
                        ".map((button) => button.getBoundingClientRect()).filter(({ width, height }) => Math.min(width, height) < 44).length")
        assert small == 0, f"{name} at {size}: {small} small targets"
        if shots and size != NARROW:
            page.screenshot(f"{shots}/{name}-{size[0]}x{size[1]}.png")
    page.size(*SCREENS[1])


def show(**state):
    """Lets the page show a state that takes long to come to. The banners then; the kiosk's own next state replaces it."""
    whole = {"id": "test", "phase": "idle", "camera": "present", "keypad": "present", "keypadLayout": "telephone", "isOnline": True}
    return page.js(f"import('/kiosk.js').then((module) => {{ module.show({json.dumps(whole | state)});"
                   " return document.getElementById('banners').innerText; })")


#: Each text of the page, and a state that has it. All that can stand there at once does.
STATES = {key: dict(phase="outcome", outcome=key.split(".")[1]) for key in languages["en"]["texts"] if key.startswith("outcome.")} | {
    f"pin.{prompt}": dict(phase="pin", prompt=prompt, typed=2, length=8, problem=problem, limit=8)
    for prompt, problem in {"current": "tooShort", "new": "repetition", "repeated": "differs"}.items()} | {
    "idle": {}, "idle.reader": dict(camera="none", reader="present"), "idle.camera.reader": dict(reader="present"),
    "idle.tap": dict(camera="none", tap="present"), "idle.camera.tap": dict(tap="present"),
    "idle.reader.tap": dict(camera="none", reader="present", tap="present"), "idle.camera.reader.tap": dict(reader="present", tap="present"),
    "checkingBadge": dict(phase="checkingBadge"), "checkingPIN": dict(phase="checkingPIN"),
    "slow": dict(phase="checkingPIN", isSlow=True), "session": dict(phase="session", name="ada.lovelace@warehouse.example.test"),
    "session.ending": dict(phase="session", name="ada.lovelace@warehouse.example.test", secondsLeft=29)}
assert set(STATES) == set(languages["en"]["texts"])


# The steps, in order

def what_is_not_plugged_in_is_said_with_its_cure():
    page.open(kiosk.url)
    page.wait("document.getElementById('next').innerText.includes('camera')")
    assert page.js("document.getElementById('title').innerText") == text("en", "outcome.serviceUnavailable")["title"]
    assert page.js("document.getElementById('banners').innerText") == word("keypadAbsent")
    accessible("out-of-order")
    kiosk.show("nothing")
    page.wait(f"document.getElementById('next').innerText === {json.dumps(word('keypadAbsent'))}")
    kiosk.plug_keypad()
    says("idle")
    assert page.js("document.getElementById('banners').innerText") == ""
    accessible("idle")


def a_code_that_is_no_badge_is_refused_with_a_low_sound():
    tones()
    kiosk.show("parcel")
    says("outcome.notABadge")
    frequencies = tones()
    assert frequencies and frequencies == sorted(frequencies, reverse=True), frequencies
    kiosk.show("nothing")
    says("idle")


def typed_digits_are_rings_and_a_count_and_nothing_else():
    kiosk.listen()
    tones()
    kiosk.show("badge")
    says("pin.current")
    assert not preview(), "the camera may see the keypad"
    assert rings() == [""] * 8 and tones()[-2:] == [660, 880]
    assert page.has("image", word("telephone"))
    assert page.js("[...document.getElementById('keypad').children].map((key) => key.textContent).join(' ')") \
        == f"1 2 3 4 5 6 7 8 9 {word('clear')} 0 {word('enter')}"
    kiosk.type(PIN[:3])
    page.wait("document.querySelectorAll('#dots .full').length === 3")
    assert page.js("document.getElementById('count').textContent") == "3 digits typed"
    kiosk.type("*")
    page.wait("document.querySelectorAll('#dots .full').length === 0")


def preview():
    """The luma of the canvas's middle, and whether there is yellow on it; None where no canvas is seen."""
    return page.js("""(() => {
        const canvas = document.getElementById('preview');
        if (!canvas.checkVisibility()) return null;
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        const isYellow = (at) => data[at] > 200 && data[at + 1] > 170 && data[at + 2] < 60;
        return [data[4 * (canvas.height * canvas.width + canvas.width) / 2], [...data.keys()].some((at) => at % 4 === 0 && isYellow(at))];
    })()""")


def what_the_camera_sees_is_shown_and_an_outline_on_the_badge():
    kiosk.show("nothing")
    says("idle")
    until(lambda: preview() == [128, False], "an empty preview")
    assert page.has("image", word("preview"))
    # The badge was just away: it is held up, seen, and not asked for again.
    kiosk.show("badge")
    until(lambda: (preview() or [0, False])[1], "the outline")
    accessible("preview")
    kiosk.show("nothing")
    until(lambda: preview() == [128, False], "the outline to go")


def cancel_on_the_screen_cancels():
    page.click("button", word("cancel"))
    says("outcome.cancelled")
    assert not page.has("button", word("cancel"))
    says("idle")


def hold_badge(phase="pin"):
    """Until it is read: once the badge was away for long enough, it counts."""
    says("idle")

    def held():
        kiosk.show("nothing")
        time.sleep(3.2)  # The scanner's hold-off, and a frame.
        kiosk.show("badge")
        time.sleep(1)
        return page.js("document.documentElement.dataset.phase") == phase

    until(held, f"the badge is read: {phase}")


def a_whole_sign_in_with_a_new_pin():
    hold_badge()
    says("pin.current")
    kiosk.type(PIN + "\r")
    says("pin.new")
    assert "8" in page.js("document.getElementById('next').innerText")
    tones()
    kiosk.type("12345678\r")
    page.wait(f"document.querySelector('[aria-live=assertive]').innerText.includes({json.dumps(word('sequence'))})")
    assert tones()[-2:] == [311, 207]
    kiosk.type(NEW_PIN + "\r")
    says("pin.repeated")
    tones()
    kiosk.type(NEW_PIN + "\r")
    says("outcome.signedIn")
    assert page.js("document.getElementById('name').innerText") == "ada@example.test"
    assert tones()[-3:] == [660, 880, 1320]
    accessible("signed-in")


def a_session_is_shown_until_it_is_signed_out():
    says("session")
    accessible("session")
    # Looking took a while of the session's minute.
    kiosk.type("0")
    show(phase="session", name="ada@example.test", secondsLeft=25)
    says("session.ending")
    assert page.js("document.getElementById('left').innerText") == "25 seconds"
    accessible("session-ending")
    page.click("button", word("stay"))
    until(lambda: kiosk.state()["phase"] == "session", "the session goes on")
    page.click("button", word("signOut"))
    says("outcome.signedOut")
    accessible("signed-out")
    says("idle")


def a_wrong_pin_is_refused_and_nobody_is_named():
    hold_badge()
    kiosk.type("00000000\r")
    says("outcome.wrongPIN")
    assert page.js("document.getElementById('name').innerText") == ""
    accessible("wrong-pin")
    says("idle")


def no_digit_of_a_pin_went_over_the_wire():
    wire = "".join(kiosk.heard)
    counts = [int(count) for count in re.findall(r'"typed":(\d+)', wire)]
    assert max(counts) >= 3 and '"outcome":"signedIn"' in wire, counts
    # Without what has digits of its own, in which a PIN's first three may be: the ids, and the time to wait for a new connection.
    states = re.sub(r'"id":"[^"]*"|id: \S+|retry: \d+', "", wire)
    for typed in [PIN, NEW_PIN, PIN[:3], "0000"]:
        assert typed not in states, f"digits on the wire: {re.findall(f'.*{typed}.*', states)}"
    keys = {key for state in re.findall(r"data: (.*)", wire) for key in json.loads(state)}
    assert keys <= {"id", "phase", "prompt", "typed", "length", "outcome", "name", "camera", "reader", "tap", "keypad", "keypadLayout", "isOnline",
                    "canSignInOffline", "hasAssertion", "hasPreview", "isSlow", "problem", "limit", "retryAfter", "secondsLeft"}, keys


def each_language_says_each_state_and_fits():
    for tag, language in languages.items():
        page.click("button", language["name"])
        root = page.js("[document.documentElement.lang, document.documentElement.dir]")
        assert root == [tag, language["direction"]], root
        for size in SCREENS:
            page.size(*size)
            for key, state in STATES.items():
                show(**state)
                says(key, tag)
                if "problem" in state:
                    problem = word(state["problem"], tag).replace("{limit}", "8")
                    assert page.js("document.getElementById('problem').innerText") == problem
                over = page.js("[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]")
                assert max(over) <= 0, f"{tag} {state} sticks out of {size} by {over}"
        if tag in ["de", "ar"]:
            show(phase="pin", prompt="new", typed=3, length=8)
            accessible(f"new-pin-{tag}")
    page.size(*SCREENS[1])
    show(id="idle")
    says("idle", "en")  # The chosen language is forgotten.


def a_pin_is_asked_for_accessibly():
    """Here no time runs out while that is looked at."""
    show(phase="pin", prompt="current", typed=3, length=8)
    accessible("pin")
    show(phase="pin", prompt="new", typed=0, length=8, problem="sequence")
    accessible("new-pin")


def a_calculator_keypad_is_drawn_as_one():
    show(phase="pin", prompt="current", typed=0, length=8, keypadLayout="calculator")
    assert page.has("image", word("calculator"))
    assert page.js("document.getElementById('keypad').innerText.replace(/\\s/g, '')").startswith("789456123")
    show(id="idle")


def high_contrast_and_still_pictures_for_those_who_need_them():
    show(phase="pin", prompt="current", typed=2, length=8)
    page.click("button", word("contrast"))
    for outcome in [None, "signedIn", "expired"]:
        if outcome:
            show(phase="outcome", outcome=outcome)
        accessible(f"contrast-{outcome or 'pin'}")
        assert page.js("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    show(id="idle")
    page.wait("!document.documentElement.classList.contains('contrast')")
    page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    page.wait("document.getAnimations().length === 0")
    page.send("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    show(phase="pin", prompt="current", typed=2, length=8)
    widths = page.js("[...document.querySelectorAll('#dots span')].map((ring) => parseFloat(getComputedStyle(ring).borderTopWidth))")
    assert min(widths[:2]) > 2 * max(widths[2:]), widths
    page.send("Emulation.setEmulatedMedia", features=[])
    show(id="idle")


def all_is_reached_with_the_keyboard():
    page.open(kiosk.url)
    says("idle")
    names = [language["name"] for language in sorted(languages.values(), key=lambda one: one["name"])] + [word("contrast")]
    seen = []
    for _ in names:
        page.key("Tab")
        style = page.js("(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return [outlineStyle, outlineWidth] })()")
        assert style == ["solid", "4px"], style
        seen.append(page.focused()[1])
    assert sorted(seen) == sorted(names), seen


ELSEWHERE = """<!doctype html><title>elsewhere</title><script>
const kiosk = new URLSearchParams(location.search).get('kiosk'), token = new URLSearchParams(location.search).get('token');
const tell = (name, attempt) => attempt.then((result) => [name, result], (error) => [name, 'refused']);
const loaded = (element) => new Promise((resolve, reject) => {
    element.onload = () => resolve('read');
    element.onerror = reject;
    document.head.append(element);
});
const headers = { Authorization: `Bearer ${token}` };
window.result = Promise.all([
    tell('page', fetch(`${kiosk}/`).then((answer) => answer.text())),
    tell('state', fetch(`${kiosk}/api/v1/state`, { headers }).then((answer) => answer.text())),
    tell('cancel', fetch(`${kiosk}/api/v1/cancel`, { method: 'POST', headers }).then((answer) => answer.status)),
    tell('cancel, simple', fetch(`${kiosk}/api/v1/cancel`, { method: 'POST', mode: 'no-cors', credentials: 'include' })
        .then((answer) => answer.type === 'opaque' ? 'refused' : 'sent')),
    tell('events', new Promise((resolve, reject) => {
        const source = new EventSource(`${kiosk}/api/v1/events`, { withCredentials: true });
        source.onmessage = resolve;
        source.onerror = reject;
    })),
    tell('script', loaded(Object.assign(document.createElement('script'), { src: `${kiosk}/live.js` }))),
    tell('style', loaded(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${kiosk}/style.css` }))),
]);
</script>"""


def a_page_of_another_origin_neither_reads_nor_acts():
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(ELSEWHERE.encode())

        log_message = functools.partialmethod(lambda *_: None)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hold_badge()
    # Even one that knows the token, which it cannot.
    token = kiosk.bearer()["Authorization"].split()[1]
    kept = list(page.complaints), list(page.requests)
    for host in ["127.0.0.1", "localhost", "elsewhere.test"]:
        kiosk.type("0")
        page.open(f"http://{host}:{server.server_port}/?kiosk={kiosk.url}&token={token}")
        results = dict(page.js("window.result"))
        assert len(results) == 7 and set(results.values()) == {"refused"}, results
    # A name that was made to point to this machine (DNS rebinding).
    page.open(f"http://rebound.test:{kiosk.port}/")
    assert "wrongHost" in page.js("document.body.innerText") and "qrpin-token" not in page.js("document.documentElement.outerHTML")
    assert kiosk.state()["phase"] == "pin", "a page of elsewhere ended the sign-in"
    page.complaints[:], page.requests[:] = kept
    page.open(kiosk.url)
    says("pin.current")
    kiosk.type("C")
    says("outcome.cancelled")
    server.shutdown()


def a_service_that_is_gone_is_said_and_so_is_who_can_sign_in_without_it():
    says("idle")
    os.kill(int(service), signal.SIGSTOP)
    try:
        hold_badge("checkingBadge")
        page.wait(f"document.getElementById('banners').innerText === {json.dumps(word('offline'))}")
        accessible("offline")
        assert show(isOnline=False, canSignInOffline=True) == word("offlineSignIn")
    finally:
        os.kill(int(service), signal.SIGCONT)
    hold_badge()
    kiosk.type("C")
    page.wait("document.getElementById('banners').innerText === ''")


def a_keypad_that_is_unplugged_is_said():
    says("idle")
    kiosk.unplug_keypad()
    page.wait(f"document.getElementById('next').innerText === {json.dumps(word('keypadAbsent'))}")
    kiosk.plug_keypad()
    says("idle")


def a_kiosk_that_is_gone_is_said_and_comes_back_by_itself():
    kiosk.stop()
    page.wait(f"document.getElementById('next').innerText === {json.dumps(word('lost'))}")
    accessible("lost")
    kiosk.show("nothing")
    kiosk.start()
    says("idle")
    hold_badge()
    kiosk.type("C")
    says("outcome.cancelled")


def nothing_was_asked_of_anyone_else_and_nothing_was_refused_by_the_policy():
    others = {request for request in page.requests if not request.startswith(f"{kiosk.url}/")}
    assert len(page.requests) > 20 and not others, others
    assert not page.complaints, page.complaints
    page.js("new Image().src = 'http://127.0.0.1:9/'; document.body.setAttribute('style', 'color: red');")
    until(lambda: len(page.complaints) >= 2, "complaints about a picture from elsewhere and an inline style")


STEPS = [
    what_is_not_plugged_in_is_said_with_its_cure,
    a_code_that_is_no_badge_is_refused_with_a_low_sound,
    typed_digits_are_rings_and_a_count_and_nothing_else,
    cancel_on_the_screen_cancels,
    what_the_camera_sees_is_shown_and_an_outline_on_the_badge,
    a_whole_sign_in_with_a_new_pin,
    a_session_is_shown_until_it_is_signed_out,
    a_wrong_pin_is_refused_and_nobody_is_named,
    no_digit_of_a_pin_went_over_the_wire,
    each_language_says_each_state_and_fits,
    a_pin_is_asked_for_accessibly,
    a_calculator_keypad_is_drawn_as_one,
    high_contrast_and_still_pictures_for_those_who_need_them,
    all_is_reached_with_the_keyboard,
    a_page_of_another_origin_neither_reads_nor_acts,
    a_service_that_is_gone_is_said_and_so_is_who_can_sign_in_without_it,
    a_keypad_that_is_unplugged_is_said,
    a_kiosk_that_is_gone_is_said_and_comes_back_by_itself,
    nothing_was_asked_of_anyone_else_and_nothing_was_refused_by_the_policy,
]

kiosk = Kiosk(bin, site, [*sys.argv[split + 1:], "--session", "60", "--preview"])
kiosk.draw("badge", pathlib.Path(site, "badge/payload.txt").read_text().strip())
kiosk.draw("parcel", "https://example.test/parcel/1")
kiosk.start()
page = Chromium("--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP *.test 127.0.0.1")
try:
    page.size(*SCREENS[1])
    page.send("Page.addScriptToEvaluateOnNewDocument", source=BEFORE)
    for step in STEPS:
        try:
            step()
        except BaseException as error:
            page.screenshot(f"{shots or '/tmp'}/failure.png")
            print(f"FAIL {step.__name__.replace('_', ' ')}: {error}", file=sys.stderr)
            print(page.js("document.body.innerText"), page.complaints, file=sys.stderr)
            print(pathlib.Path(site, "kiosk.log").read_text()[-3000:], file=sys.stderr)
            raise
        print(f"ok   {step.__name__.replace('_', ' ')}")
finally:
    page.close()
    kiosk.process.kill()
