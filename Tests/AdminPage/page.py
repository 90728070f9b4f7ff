"""The admin page in headless Chromium. Run by Tests/AdminPage/run; each step builds on those before it.

usage: page.py DIRECTORY-OF-PROGRAMS SITE URL [DIRECTORY-FOR-SCREENSHOTS]
"""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

from chromium import Chromium, until

bin, site, url = sys.argv[1:4]
shots = sys.argv[4] if len(sys.argv) > 4 else None
scratch = pathlib.Path(site) / "page"
scratch.mkdir()
axe = (pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()
as_admin = ["--service", url, "--client-id", "admin", "--key", f"{site}/admin.key"]
as_kiosk = ["--service", url, "--client-id", "kiosk-1", "--key", f"{site}/kiosk.key", "--outbox", f"{site}/outbox.sqlite"]

NEW_PIN = "35387687"
#: One, and two that a kiosk with two histories reports.
SIGN_INS = 3
WIDE, NARROW = (1280, 800), (390, 844)
#: ISO/IEC 7810 ID-1 in points of 1/72 inch.
CARD = (85.6 / 25.4 * 72, 53.98 / 25.4 * 72)


def program(name, *arguments):
    done = subprocess.run([f"{bin}/{name}", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"{name} {arguments[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def link():
    return program("qrpin", "admin", *as_admin).strip()


def read_badge(picture):
    """What qrpin-scan reads in a picture: one payload."""
    payloads = program("qrpin-scan", "--frames", str(picture)).splitlines()
    assert len(payloads) == 1, f"{picture}: {len(payloads)} badges"
    return payloads[0]


def api(path):
    """What the service answers to the page's own session."""
    return page.js(f"fetch({json.dumps(path)}).then((response) => response.ok ? response.json() : response.status)")


def method(upn):
    return api(f"/beta/users/{urllib.parse.quote(upn)}/authentication/qrCodePinMethod")


def heading(text):
    until(lambda: page.has("heading", text), f"heading {text!r}")


def status(text):
    page.wait(f"document.getElementById('status').textContent.includes({json.dumps(text)})")
    # So that the next one is not taken for said when it says the same.
    page.js("document.getElementById('status').replaceChildren()")


def rows():
    return page.js("[...document.querySelectorAll('main tbody tr')].map((row) => row.innerText.replace(/\\s+/g, ' '))")


def go(view):
    page.js(f"location.hash = {json.dumps(view)}")
    page.wait("!document.querySelector('main[aria-busy]')")


def accessible(name):
    """No violation of WCAG 2.2 A and AA that axe-core finds, in light and dark, wide and narrow; nothing sticks out at 320 px (1.4.10)."""
    page.js(axe + ";0")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for size in [WIDE, NARROW]:
        page.size(*size)
        for is_dark in [False, True]:
            page.dark(is_dark)
            found = page.js(f"axe.run({{ runOnly: {json.dumps(tags)} }}).then(({{ violations }}) => violations.map((rule) =>"
                            " `${rule.id}: ${rule.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')}`))")
            assert not found, f"{name} at {size}, dark {is_dark}: {found}"
            if shots and (size == WIDE or not is_dark):
                page.screenshot(f"{shots}/{name}-{size[0]}{'-dark' * is_dark}.png")
    page.dark(False)
    page.size(320, 640)
    assert page.js("document.documentElement.scrollWidth <= 320"), f"{name} is wider than 320 px"
    page.size(*WIDE)


# The steps, in order

def signed_out_says_how_to_sign_in():
    page.open(f"{url}/admin")
    heading("Sign in")
    assert f"qrpin admin --service {url}" in page.js("document.body.innerText")
    accessible("sign-in")


def a_link_signs_in_once():
    address = link()
    page.open(address)
    heading("People")
    assert "code=" not in page.js("location.href + JSON.stringify(history.state)")
    [cookie] = page.send("Network.getCookies")["cookies"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict", cookie
    page.open("about:blank")
    page.open(address)
    page.wait("document.body.innerText.includes('The link works once')")
    page.open(f"{url}/admin")
    heading("People")


def a_person_is_added_and_mistakes_are_named_beside_their_field():
    page.click("button", "Add a person")
    page.click("button", "Add")
    assert page.focused() == ("textbox", "Name")
    described = page.js("document.getElementById(document.activeElement.getAttribute('aria-describedby').split(' ').pop()).textContent")
    assert described.startswith("Type the name") and page.js("document.activeElement.getAttribute('aria-invalid')") == "true"
    accessible("add-person")
    page.fill("Name", "Ada Lovelace")
    page.fill("User name", "ada|lovelace")
    page.click("button", "Add")
    page.wait("document.activeElement.getAttribute('aria-invalid') && document.activeElement.name === 'userPrincipalName'")
    page.fill("User name", "ada@example.test")
    page.click("button", "Add")
    heading("Ada Lovelace")
    status("Ada Lovelace was added.")
    page.js("history.back()")
    page.click("button", "Add a person")
    page.fill("Name", "Ada Again")
    page.fill("User name", "ADA@example.test")
    page.click("button", "Add")
    page.wait("document.querySelector('dialog').innerText.includes('is taken')")
    page.key("Escape")
    page.wait("!document.querySelector('dialog')")
    assert page.focused() == ("button", "Add a person"), "the focus does not come back"
    accessible("people")


def what_a_person_typed_is_text():
    name = "<img src=x onerror=alert(1)> & “B'o”"
    page.click("button", "Add a person")
    page.fill("Name", name)
    page.fill("User name", "o'bo@example.test")
    page.click("button", "Add")
    heading(name)
    assert not page.js("document.querySelector('main img')")


def people_are_found_by_the_start_of_a_name():
    for text, found in [("ada@", ["Ada Lovelace"]), ("Ada L", ["Ada Lovelace"]), ("o'b", ["<img"]), ("zz", [])]:
        go("#/people")
        page.fill("Find a person", text, role="searchbox")
        page.key("Enter")
        page.wait(f"document.querySelector('main').innerText.includes({json.dumps(f'“{text}”')})")
        names = rows()
        assert len(names) == len(found) and all(map(str.startswith, names, found)), f"{text}: {names}"
    accessible("nobody-found")


def a_long_list_comes_in_pages():
    page.js("""fetch('/admin/v1/session').then((response) => response.json()).then(async ({ csrfToken }) => {
        for (let number = 10; number < 65; number++) {
            await fetch('/beta/users', { method: 'POST', headers: { 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
                body: JSON.stringify({ userPrincipalName: `worker-${number}@example.test`, displayName: `Worker ${number}` }) });
        }
    })""")
    go("#/sign-ins")
    go("#/people")
    until(lambda: len(rows()) == 50, "a page of people")
    page.click("button", "More people")
    status("7 more people.")
    names = rows()
    assert len(set(names)) == 57 and not page.has("button", "More people"), names


def issue():
    page.click("button", "Issue a badge")
    page.click("button", "Issue")
    heading("Badge for Ada Lovelace")


def a_badge_is_issued_and_read_from_the_screen():
    global payload, pin
    go("#/people")
    page.click("link", "Ada Lovelace")
    heading("Ada Lovelace")
    issue()
    assert page.js("document.querySelector('.pin').textContent") == "", "the PIN shows before it is asked for"
    accessible("badge")
    page.screenshot(scratch / "badge.png")
    payload = read_badge(scratch / "badge.png")
    made = method("ada@example.test")
    assert payload.split("|")[1:3] == ["ada@example.test", made["standardQRCode"]["id"]]
    page.size(*NARROW)
    page.screenshot(scratch / "narrow.png")
    assert read_badge(scratch / "narrow.png") == payload
    page.size(*WIDE)
    page.click("button", "Show PIN")
    pin = page.js("document.querySelector('.pin').textContent")
    assert re.fullmatch(r"\d{8}", pin)


def the_badge_is_printed_as_a_card_of_true_size_without_the_pin():
    page.pdf(scratch / "card.pdf")
    about = subprocess.run(["pdfinfo", scratch / "card.pdf"], capture_output=True, text=True, check=True).stdout
    size = [float(number) for number in re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", about).groups()]
    assert "Pages:           1" in about and all(abs(a - b) < 1 for a, b in zip(size, CARD)), about
    text = subprocess.run(["pdftotext", scratch / "card.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "Ada Lovelace" in text and pin not in text and "Print" not in text, text
    subprocess.run(["pdftoppm", "-png", "-r", "300", scratch / "card.pdf", scratch / "card"], check=True)
    [picture] = scratch.glob("card*.png")
    assert read_badge(picture) == payload
    page.choose("Print on", "sheet")
    page.pdf(scratch / "sheet.pdf")
    about = subprocess.run(["pdfinfo", scratch / "sheet.pdf"], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1" in about and float(re.search(r"Page size:\s+([\d.]+)", about)[1]) > 500, about
    if shots:
        subprocess.run(["pdftoppm", "-png", "-r", "150", scratch / "card.pdf", f"{shots}/print-card"], check=True)
        subprocess.run(["pdftoppm", "-png", "-r", "60", scratch / "sheet.pdf", f"{shots}/print-sheet"], check=True)


def a_secret_is_gone_once_it_was_shown():
    page.key("Escape")
    heading("Badge for Ada Lovelace")
    page.click("button", "Done")
    status("A badge was issued for Ada Lovelace.")
    assert page.focused() == ("heading", "Badge")
    text = page.js("document.documentElement.outerHTML")
    assert "<svg" not in text and pin not in text and payload.split("|")[3] not in text


def sign_in(typed):
    """At kiosk-1, with the badge; who is asked for a new PIN chooses NEW_PIN."""
    (scratch / "payload.txt").write_text(payload)
    (scratch / "pin").write_text(f"PIN {typed}\n")
    program("qrpin", "loopback", "--kiosk", f"{bin}/qrpin-kiosk", "--scanner", f"{bin}/qrpin-scan", "--badge", f"{scratch}/payload.txt",
            "--pin-file", f"{scratch}/pin", "--new-pin", NEW_PIN, "--", *as_kiosk, "--once", "1")


def the_badge_and_pin_from_the_page_sign_in_at_a_kiosk():
    sign_in(pin)
    go("#/people")
    page.click("link", "Ada Lovelace")
    until(lambda: len(rows()) == 1, "one sign-in")
    assert "signedIn" in rows()[0] and "kiosk-1" in rows()[0]
    assert "chosen by the person" in page.js("document.querySelector('main').innerText")
    accessible("person")


def an_alert_is_seen_and_acknowledged():
    # A kiosk that is set back to an older outbox tells its history twice.
    outbox = [f"{site}/{name}" for name in os.listdir(site) if name.startswith("outbox")]
    for path in outbox:
        shutil.copy(path, scratch)
    sign_in(NEW_PIN)
    for path in outbox:
        shutil.copy(scratch / pathlib.Path(path).name, path)
    sign_in(NEW_PIN)
    go("#/alerts")
    heading("Alerts")
    until(lambda: any("two histories" in row for row in rows()), "the alert")
    accessible("alerts")
    page.click("button", "Acknowledge")
    status("is acknowledged.")
    assert not any("two histories" in row for row in rows())
    page.click("link", "Acknowledged alerts")
    until(lambda: any("by admin" in row for row in rows()), "the acknowledged alert")
    accessible("alerts-acknowledged")
    go("#/people")
    page.click("link", "Ada Lovelace")
    heading("Ada Lovelace")


def a_temporary_badge_lives_for_the_hours_that_were_chosen():
    page.click("button", "Make a temporary badge")
    page.choose("Valid for", "12")
    page.click("button", "Make")
    heading("Temporary badge for Ada Lovelace")
    page.screenshot(scratch / "temporary.png")
    code = method("ada@example.test")["temporaryQRCode"]
    assert read_badge(scratch / "temporary.png").split("|")[2] == code["id"]
    hours = page.js(f"(new Date('{code['expireDateTime']}') - new Date('{code['startDateTime']}')) / 3600000")
    assert hours == 12, hours
    page.click("button", "Done")
    status("A temporary badge was made")


def nothing_is_revoked_without_asking_by_name():
    page.click("button", "Revoke temporary badge")
    heading("Revoke the temporary badge of Ada Lovelace?")
    assert page.focused() == ("button", "Cancel")
    accessible("confirm")
    page.key("Enter")
    page.wait("!document.querySelector('dialog')")
    assert method("ada@example.test")["temporaryQRCode"]
    page.key("Enter")
    page.click("button", "Revoke temporary badge of Ada Lovelace")
    status("The temporary badge of Ada Lovelace is revoked.")
    assert method("ada@example.test")["temporaryQRCode"] is None
    page.click("button", "Revoke badge")
    page.click("button", "Revoke badge of Ada Lovelace")
    status("The badge of Ada Lovelace is revoked.")
    made = method("ada@example.test")
    assert made["standardQRCode"] is None and made["pin"]


def a_badge_is_replaced_and_its_expiry_changed():
    issue()
    page.click("button", "Done")
    status("A badge was issued")
    first = method("ada@example.test")["standardQRCode"]["id"]
    page.click("button", "Replace badge")
    page.click("button", "Replace badge of Ada Lovelace")
    page.choose("Valid until", page.js("new Date(Date.now() + 10 * 86400000).toISOString().slice(0, 10)"), role="Date")
    page.click("button", "Issue")
    page.click("button", "Done")
    status("A badge was issued")
    code = method("ada@example.test")["standardQRCode"]
    days = page.js(f"(new Date('{code['expireDateTime']}') - Date.now()) / 86400000")
    assert code["id"] != first and 9 < days < 12, days
    page.click("button", "Change expiry")
    page.choose("Valid until", "2020-01-01", role="Date")
    page.click("button", "Change")
    page.wait("document.querySelector('dialog [aria-invalid]')")
    accessible("expiry")
    page.choose("Valid until", page.js("new Date(Date.now() + 100 * 86400000).toISOString().slice(0, 10)"), role="Date")
    page.click("button", "Change")
    status("has another expiry")
    changed = method("ada@example.test")["standardQRCode"]
    assert changed["id"] == code["id"] and 98 < page.js(f"(new Date('{changed['expireDateTime']}') - Date.now()) / 86400000") < 102


def a_pin_is_reset():
    page.click("button", "Reset PIN")
    page.click("button", "Reset PIN of Ada Lovelace")
    heading("New PIN of Ada Lovelace")
    page.click("button", "Show PIN")
    assert re.fullmatch(r"\d{8}", page.js("document.querySelector('.pin').textContent"))
    page.click("button", "Hide PIN")
    assert page.js("document.querySelector('.pin').textContent") == ""
    page.click("button", "Done")
    status("The PIN of Ada Lovelace was reset.")
    assert method("ada@example.test")["pin"]["forceChangePinNextSignIn"]


def a_person_is_disabled_enabled_and_renamed():
    page.click("button", "Disable")
    page.click("button", "Disable Ada Lovelace")
    status("Ada Lovelace is disabled.")
    assert api("/beta/users/ada@example.test")["accountEnabled"] is False
    page.click("button", "Enable")
    status("Ada Lovelace is enabled.")
    page.click("button", "Rename")
    page.fill("Name", "Ada King")
    page.click("button", "Rename")
    status("Ada Lovelace is now Ada King")
    heading("Ada King")


def the_log_is_filtered():
    go("#/sign-ins")
    heading("Sign-ins")
    assert len(rows()) == SIGN_INS
    accessible("sign-ins")
    # Whenever midnight is.
    yesterday = page.js("new Date(Date.now() - 86400000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10)")
    cases = [
        (lambda: page.fill("Person", "ada@"), SIGN_INS), (lambda: page.fill("Person", "bo@"), 0), (lambda: page.fill("Kiosk", "kiosk-1"), SIGN_INS),
        (lambda: page.fill("Kiosk", "kiosk-2"), 0), (lambda: page.choose("Result", "0"), SIGN_INS), (lambda: page.choose("Result", "50053"), 0),
        (lambda: page.choose("From", f"{yesterday}T00:00", role="DateTime"), SIGN_INS), (lambda: page.choose("To", f"{yesterday}T00:00", role="DateTime"), 0),
    ]
    for set_field, count in cases:
        go("#/people")
        go("#/sign-ins")
        heading("Sign-ins")
        set_field()
        page.click("button", "Filter")
        page.wait("location.hash.includes('=') && !document.querySelector('main[aria-busy]')")
        until(lambda: len(rows()) == count, f"{count} sign-ins with {page.js('location.hash')}")
    moment = page.js("(() => { const time = document.querySelector('time'); return time && [time.dateTime, time.title] })()")
    assert moment is None


def every_act_is_in_the_audit_log():
    go("#/audit")
    heading("Audit log")
    page.click("button", "More acts")
    status("more acts.")
    acts = " ".join(rows())
    for act in ["Sign in to admin page", "Add user", "Create QR code", "Delete QR code", "Reset PIN", "Update user"]:
        assert act in acts, act
    accessible("audit")
    page.fill("Act", "Reset")
    page.click("button", "Filter")
    until(lambda: len(rows()) == 1, "one reset")
    assert "Reset PIN" in rows()[0] and "ada@example.test" in rows()[0] and "admin" in rows()[0]


def a_group_has_members():
    go("#/groups")
    heading("Groups")
    page.click("button", "Add a group")
    page.fill("Name", "Nurses")
    page.click("button", "Add")
    heading("Nurses")
    page.fill("Add a member", "nobody@example.test")
    page.click("button", "Add")
    page.wait("document.activeElement.getAttribute('aria-invalid') && document.body.innerText.includes('nobody@example.test was not found')")
    page.fill("Add a member", "ada@example.test")
    page.click("button", "Add")
    status("is a member of Nurses.")
    accessible("group")
    assert len(rows()) == 1 and "ada@example.test" in rows()[0]
    name = page.js("document.querySelector('tbody a').textContent")
    page.click("link", name)
    page.click("link", "Nurses")
    page.click("button", f"Remove {name}")
    page.click("button", f"Remove {name} from group")
    status("is no member of Nurses any more.")
    page.click("button", "Delete group")
    page.click("button", "Delete group Nurses")
    status("The group Nurses is deleted.")
    assert rows() == []


def badges_that_expire_soon_are_listed():
    go("#/expiring")
    heading("Expiring badges")
    until(lambda: len(rows()) == 0, "none within 30 days")
    page.fill("Within days", "395", role="spinbutton")
    page.click("button", "Show")
    until(lambda: len(rows()) == 1 and "ada@example.test" in rows()[0], "the badge")
    accessible("expiring")


def a_kiosk_is_enrolled_with_a_code_that_is_shown_once():
    go("#/kiosks")
    heading("Kiosks")
    assert len(rows()) == 1 and rows()[0].startswith("kiosk-1"), rows()
    page.click("button", "Make an enrolment code")
    page.fill("Name of the kiosk", "Ward 3")
    page.fill("Group", "Wards")
    page.click("button", "Make")
    heading("Enrolment code for Ward 3")
    accessible("enrolment")
    code = page.js("document.querySelector('.pin').textContent")
    page.click("button", "Done")
    status("The enrolment code for Ward 3 waits for its kiosk.")
    assert code not in page.js("document.documentElement.outerHTML")
    assert page.has("button", "Delete code for Ward 3")
    program("qrpin", "enrol", "--service", url, "--code", code, "--key", f"{scratch}/ward.key")
    go("#/people")
    go("#/kiosks")
    until(lambda: page.has("link", "Ward 3"), "the new kiosk")
    assert not page.has("button", "Delete code for Ward 3")
    accessible("kiosks")


def a_kiosk_is_renamed_and_revoked():
    page.click("link", "Ward 3")
    heading("Ward 3")
    accessible("kiosk")
    page.click("button", "Rename or group")
    page.fill("Name", "Ward 4")
    page.click("button", "Save")
    heading("Ward 4")
    page.click("button", "Revoke kiosk")
    page.click("button", "Revoke Ward 4")
    status("Ward 4 is revoked.")
    assert "Wards" in page.js("document.querySelector('dl').innerText") and "revoked" in page.js("document.querySelector('dl').innerText")
    assert not page.has("button", "Revoke kiosk")


def a_kiosk_group_may_sign_people_in_offline_and_then_no_more():
    go("#/kiosks")
    heading("While the service is gone")
    page.click("button", "Allow a kiosk group")
    page.fill("Kiosk group", "Wards")
    page.fill("Hours after an online sign-in", "2161", role="spinbutton")
    page.click("button", "Allow")
    until(lambda: "from 1 to 2160" in page.js("document.querySelector('dialog').innerText"), "what is wrong with the hours")
    accessible("offline")
    page.fill("Hours after an online sign-in", "12", role="spinbutton")
    page.click("button", "Allow")
    status("The kiosks of Wards may sign people in while the service is gone.")
    policy = {"kioskGroup": "Wards", "entryLifetimeInHours": 12, "changesMaxAgeInMinutes": 1440}
    assert api("/admin/v1/offlinePolicies")["value"] == [policy]
    page.click("button", "Change Wards")
    page.fill("Minutes without word of the service", "60", role="spinbutton")
    page.click("button", "Save")
    until(lambda: any("12 hours 60 minutes" in row for row in rows()), "the changed policy")
    page.click("button", "Forbid at Wards")
    heading("Forbid offline sign-ins at Wards?")
    page.js("[...document.querySelectorAll('dialog button')].at(-1).click()")
    status("The kiosks of Wards sign nobody in while the service is gone.")
    assert api("/admin/v1/offlinePolicies")["value"] == []


def times_are_local_with_utc_on_hover():
    go("#/sign-ins")
    heading("Sign-ins")
    until(lambda: len(rows()) == SIGN_INS, "the sign-ins")
    moment, title = page.js("(({ dateTime, title }) => [dateTime, title])(document.querySelector('td time, th time'))")
    assert title == moment[:19].replace("T", " ") + " UTC", (moment, title)


def all_is_done_with_the_keyboard_and_the_focus_is_seen():
    """From a fresh page: finds the way to a person, adds one, issues a badge and ends at its page, with keys alone."""
    page.open("about:blank")
    page.open(f"{url}/admin#/people")
    heading("People")

    def tab_to(role, name):
        for _ in range(60):
            page.key("Tab")
            seen = page.js("(() => { const style = getComputedStyle(document.activeElement);"
                           " return document.activeElement === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) })()")
            assert seen, f"the focus on {page.focused()} is not seen"
            if page.focused() == (role, name):
                return
        raise AssertionError(f"Tab does not reach {role} {name}")

    tab_to("link", "Skip to the content")
    page.key("Enter")
    tab_to("button", "Add a person")
    page.key("Space")
    page.type("Grace Hopper")
    page.key("Tab")
    page.type("grace@example.test")
    page.key("Enter")
    heading("Grace Hopper")
    assert page.focused() == ("heading", "Grace Hopper")
    tab_to("button", "Issue a badge")
    page.key("Enter")
    tab_to("button", "Issue")
    page.key("Enter")
    heading("Badge for Grace Hopper")
    tab_to("button", "Show PIN")
    page.key("Space")
    page.wait("/^\\d{8}$/.test(document.querySelector('.pin').textContent)")
    tab_to("button", "Done")
    page.key("Enter")
    status("A badge was issued for Grace Hopper.")
    tab_to("button", "Revoke badge")
    page.key("Enter")
    page.key("Tab")
    assert page.focused() == ("button", "Revoke badge of Grace Hopper")
    page.key("Enter")
    status("The badge of Grace Hopper is revoked.")


def a_method_and_then_the_person_is_deleted():
    page.click("button", "Delete all")
    page.click("button", "Delete all of Grace Hopper")
    status("are deleted")
    assert method("grace@example.test") == 404
    page.click("button", "Delete person")
    page.click("button", "Delete Grace Hopper")
    status("Grace Hopper is deleted.")
    assert api("/beta/users/grace@example.test") == 404


def signing_out_ends_the_session():
    go("#/people")
    page.click("button", "Sign out")
    heading("Sign in")
    assert api("/beta/users") == 401
    page.open("about:blank")
    page.open(f"{url}/admin")
    heading("Sign in")


def a_session_that_has_ended_says_so():
    page.open(link())
    heading("People")
    page.js("fetch('/admin/v1/session').then((response) => response.json()).then(({ csrfToken }) =>"
            " fetch('/admin/v1/session', { method: 'DELETE', headers: { 'x-csrf-token': csrfToken } }))")
    page.click("link", "Sign-ins")
    page.wait("document.body.innerText.includes('Your session has ended.')")


def nothing_was_asked_of_anyone_else_and_nothing_was_refused_by_the_policy():
    # Chromium's icons of fields for dates are data of its own, and go nowhere.
    others = {request for request in page.requests if not request.startswith((f"{url}/", "about:blank", "data:image/svg+xml"))}
    assert len(page.requests) > 100 and not others, others
    assert not page.complaints, page.complaints
    page.js("new Image().src = 'http://127.0.0.1:9/'; document.body.setAttribute('style', 'color: red');")
    until(lambda: len(page.complaints) >= 2, "complaints about a picture from elsewhere and an inline style")


STEPS = [
    signed_out_says_how_to_sign_in,
    a_link_signs_in_once,
    a_person_is_added_and_mistakes_are_named_beside_their_field,
    what_a_person_typed_is_text,
    a_long_list_comes_in_pages,
    people_are_found_by_the_start_of_a_name,
    a_badge_is_issued_and_read_from_the_screen,
    the_badge_is_printed_as_a_card_of_true_size_without_the_pin,
    a_secret_is_gone_once_it_was_shown,
    the_badge_and_pin_from_the_page_sign_in_at_a_kiosk,
    an_alert_is_seen_and_acknowledged,
    a_temporary_badge_lives_for_the_hours_that_were_chosen,
    nothing_is_revoked_without_asking_by_name,
    a_badge_is_replaced_and_its_expiry_changed,
    a_pin_is_reset,
    a_person_is_disabled_enabled_and_renamed,
    the_log_is_filtered,
    every_act_is_in_the_audit_log,
    a_group_has_members,
    a_kiosk_is_enrolled_with_a_code_that_is_shown_once,
    a_kiosk_is_renamed_and_revoked,
    a_kiosk_group_may_sign_people_in_offline_and_then_no_more,
    badges_that_expire_soon_are_listed,
    times_are_local_with_utc_on_hover,
    all_is_done_with_the_keyboard_and_the_focus_is_seen,
    a_method_and_then_the_person_is_deleted,
    signing_out_ends_the_session,
    a_session_that_has_ended_says_so,
    nothing_was_asked_of_anyone_else_and_nothing_was_refused_by_the_policy,
]

page = Chromium()
try:
    page.size(*WIDE)
    for step in STEPS:
        try:
            step()
        except BaseException as error:
            page.screenshot(f"{shots or '/tmp'}/failure.png")
            print(f"FAIL {step.__name__.replace('_', ' ')}: {error}", file=sys.stderr)
            print(page.js("document.body.innerText"), page.complaints, file=sys.stderr)
            raise
        print(f"ok   {step.__name__.replace('_', ' ')}")
finally:
    page.close()
