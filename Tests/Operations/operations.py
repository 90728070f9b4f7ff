"""The tests behind Tests/Operations/run. Each is a function; its first line says what holds."""

import base64
import datetime
import ipaddress
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prometheus_client.parser import text_string_to_metric_families

from lifecycle_site import ASSERTION_TYPE, Site, b64
from process_memory import memory

bin = sys.argv[1]
BADGE_PIN = "35387687"  # One that Microsoft prints, so a good one.


class Authority:
    """A certificate authority that writes PEM files."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.sign(self.subject, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=None))
        self.path = directory / f"{name}.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, subject, key, *extensions):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(self.subject).public_key(key)
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=1)))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, file, *names):
        """Writes FILE.crt and FILE.key; gives their paths and the serial number."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName(list(names))
        made = self.sign(x509.Name([]), key.public_key(), alternative)
        crt, pem = self.directory / f"{file}.crt", self.directory / f"{file}.key"
        crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        pem.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return crt, pem, made.serial_number


def client_context(authority, identity=None):
    context = ssl.create_default_context(cafile=authority.path)
    if identity:
        context.load_cert_chain(*identity[:2])
    return context


def tls():
    """TLS 1.2 and 1.3 with strong ciphers; kiosks show a certificate of their own name; SIGHUP takes a new certificate"""
    site = Site(bin)
    local = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server_ca, kiosk_ca, other_ca = (Authority(site.directory, name) for name in ("server-ca", "kiosk-ca", "other-ca"))
    first = server_ca.issue("server", local)
    site.flags = ["--tls-certificate", first[0], "--tls-key", first[1], "--kiosk-ca", kiosk_ca.path]
    site.tls = client_context(server_ca)
    with site:
        assert site.url.startswith("https://")
        reply = site.call("GET", "/healthz")
        assert reply.status == 200 and "max-age" in reply.headers["strict-transport-security"]

        def handshake(version, ciphers=None):
            context = client_context(server_ca)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = version
            context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
            with socket.create_connection(("127.0.0.1", site.port), 10) as plain:
                with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                    return secure.version(), secure.cipher()[0]

        assert handshake(ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
        version, cipher = handshake(ssl.TLSVersion.TLSv1_2)
        assert version == "TLSv1.2" and cipher.startswith("ECDHE") and "GCM" in cipher, cipher
        for version, ciphers in [(ssl.TLSVersion.TLSv1_1, None), (ssl.TLSVersion.TLSv1_2, "AES128-SHA:AES128-GCM-SHA256"),
                                 (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA")]:
            try:
                raise AssertionError(f"accepted {handshake(version, ciphers)}")
            except (ssl.SSLError, ConnectionError):
                pass

        site.admit("kiosk-2", "Kiosk.SignIn")
        assert site.call("GET", "/beta/users", caller="admin").status == 200, "an administrator needs no certificate"
        for identity, status in [(None, 403), (kiosk_ca.issue("two", x509.DNSName("kiosk-2")), 403),
                                 (kiosk_ca.issue("one", x509.DNSName("kiosk-1")), 200)]:
            site.tls = client_context(server_ca, identity)
            assert site.call("GET", "/kiosk/v1/nonce", caller="kiosk-1").status == status, identity
        site.tls = client_context(server_ca, other_ca.issue("false", x509.DNSName("kiosk-1")))
        try:
            raise AssertionError(site.call("GET", "/kiosk/v1/nonce", caller="kiosk-1").status)
        except (ssl.SSLError, ConnectionError):
            pass

        whole_sign_in(site, server_ca, kiosk_ca.issue("kiosk", x509.DNSName("kiosk-1")))

        def serial():
            context = client_context(server_ca)
            with socket.create_connection(("127.0.0.1", site.port), 10) as plain:
                with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                    return x509.load_der_x509_certificate(secure.getpeercert(True)).serial_number

        site.tls = client_context(server_ca)
        assert serial() == first[2]
        second = server_ca.issue("server", local)
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serial() == second[2])
        first[0].write_text("no certificate")
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: any(line["message"] == "TLS certificate not changed" for line in site.lines()))
        assert serial() == second[2]


def whole_sign_in(site, authority, identity):
    """A badge from qrpin and a sign-in by qrpin-kiosk, with the loopback camera, over TLS with its certificate."""
    for name in ("admin", "kiosk-1"):
        (site.directory / f"{name}.key").write_text(b64(site.keys[name].private_bytes_raw()) + "\n")
    service = ["--service", site.url, "--service-ca", authority.path]
    badge, issued = site.directory / "badge", site.directory / "issued"
    with issued.open("w") as out:
        subprocess.run([site.bin / "qrpin", "issue", "bob@example.test", *service, "--client-id", "admin", "--key",
                        site.directory / "admin.key", "--out", badge], check=True, stdout=out, timeout=60)
    site.tls = client_context(authority, identity)
    fields = (badge / "payload.txt").read_text().split("|")[1:]
    first = re.search(r"^PIN (\d+)", issued.read_text(), re.MULTILINE)[1]
    attempt, _ = site.begin(fields)
    site.submit(attempt, first)
    assert site.submit(attempt, BADGE_PIN, "newPin")["result"] == "signedIn"
    issued.write_text(f"PIN {BADGE_PIN}\n")
    kiosk = subprocess.run([site.bin / "qrpin", "loopback", "--kiosk", site.bin / "qrpin-kiosk", "--scanner", site.bin / "qrpin-scan",
                            "--badge", badge / "payload.txt", "--pin-file", issued, "--", *service, "--client-id", "kiosk-1", "--key",
                            site.directory / "kiosk-1.key", "--outbox", site.directory / "outbox.sqlite", "--once", "1",
                            "--tls-certificate", identity[0], "--tls-key", identity[1]],
                            capture_output=True, text=True, timeout=60)
    assert kiosk.returncode == 0, kiosk.stdout + kiosk.stderr


def plain():
    """In clear the service listens on loopback alone, unless it is told why not"""
    with Site(bin) as site:
        arguments = ["--database", site.directory / "d", "--state-directory", site.directory / "s", "--port", "0"]
        for host in ("0.0.0.0", "::"):
            refused = subprocess.run(
                [site.bin / "qrpin-lifecycle", "serve", *arguments, "--host", host], capture_output=True, text=True, timeout=30)
            assert refused.returncode != 0 and "--tls-certificate" in refused.stderr, refused.stderr
    for flag in ("--behind-proxy", "--insecure-plain-http"):
        with Site(bin, "--host", "0.0.0.0", flag) as site:
            assert site.call("GET", "/readyz").status == 200


def forwarded():
    """x-forwarded headers are believed behind a proxy, and nowhere else"""
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    for flags, scheme, metrics in [([], "http", 200), (["--behind-proxy"], "https", 401)]:
        with Site(bin, *flags) as site:
            page = site.call("GET", "/beta/users?$top=1", caller="admin", headers=headers)
            assert page.json["@odata.nextLink"].startswith(f"{scheme}://127.0.0.1"), page.json
            assert ("strict-transport-security" in page.headers) == (scheme == "https")
            assert site.call("GET", "/metrics", headers=headers).status == metrics


def sizes():
    """A long URL, a large head and a large body are refused"""
    with Site(bin) as site:
        reply = site.call("GET", "/beta/users?" + "x" * 9000)
        assert reply.status == 414 and reply.code == "invalidRequest"
        reply = site.call("POST", "/beta/users", b'"' + b"x" * 70_000 + b'"', "admin")
        assert reply.status == 413 and reply.code == "invalidRequest"
        for head in ({f"x-{number}": "1" for number in range(200)}, {"x-long": "x" * 20_000},
                     {f"x-{number}": "x" * 9000 for number in range(4)}):
            assert site.call_raw_status("/healthz", head) in (400, 431, None), head
        assert site.call("GET", "/healthz").status == 200


def slow():
    """Connections that stay silent, or send their head or body drop by drop, are closed"""
    with Site(bin, "--request-seconds", "2") as site:
        def closes(first, drop):
            with socket.create_connection(("127.0.0.1", site.port), 10) as connection:
                connection.sendall(first)
                start = time.monotonic()
                try:
                    while time.monotonic() < start + 30:
                        if drop:
                            connection.sendall(drop)
                        connection.settimeout(0.3)
                        try:
                            if not connection.recv(1000):
                                break
                        except TimeoutError:
                            pass
                except ConnectionError:
                    pass
                return time.monotonic() - start

        cases = [(b"", b""), (b"GET /healthz HTTP/1.1\r\n", b"x"),
                 (b"POST /oauth2/v2.0/token HTTP/1.1\r\nhost: a\r\ncontent-length: 60000\r\n\r\n", b"x")]
        times = {}
        threads = [threading.Thread(target=lambda case=case: times.update({case: closes(*case)})) for case in cases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(1 < times[case] < 20 for case in cases), times


def connections():
    """Beyond the most connections one waits until another ends"""
    with Site(bin, "--max-connections", "3") as site:
        held = [socket.create_connection(("127.0.0.1", site.port), 10) for _ in range(3)]
        time.sleep(0.3)
        waiting = site.connection(timeout=1)
        try:
            raise AssertionError(site.call("GET", "/healthz", connection=waiting).status)
        except TimeoutError:
            pass
        for connection in held:
            connection.close()
        assert site.call("GET", "/healthz").status == 200


def rates():
    """A caller that makes too many calls gets 429 with Retry-After; the others do not notice"""
    with Site(bin, "--kiosk-rate", "2/10", "--address-rate", "2/20") as site:
        site.admit("kiosk-2", "Kiosk.SignIn")
        replies = [site.call("GET", "/kiosk/v1/nonce", caller="kiosk-1") for _ in range(40)]
        statuses = [reply.status for reply in replies]
        assert statuses[:10] == [200] * 10 and 429 in statuses, statuses
        refused = replies[statuses.index(429)]
        assert refused.code == "tooManyRequests" and int(refused.headers["retry-after"]) >= 1
        assert site.call("GET", "/kiosk/v1/nonce", caller="kiosk-2").status == 200
        site.token("admin")
        statuses = [site.call("GET", "/beta/users", headers={"Authorization": "Bearer e30.e30.e30"}).status for _ in range(60)]
        assert set(statuses) == {401, 429}, statuses
        # Meanwhile one may have become free.
        assert 429 in [site.call("POST", "/oauth2/v2.0/token", "x").status for _ in range(5)]
        assert site.call("GET", "/beta/users", caller="admin").status == 200, "a valid token is not taken for an invalid one"
        time.sleep(int(refused.headers["retry-after"]))
        assert site.call("GET", "/kiosk/v1/nonce", caller="kiosk-1").status == 200


def metrics():
    """/metrics holds what Prometheus reads, by route and not by path"""
    with Site(bin) as site:
        badge, pin = site.issue(pin="09599786")
        attempt, started = site.begin(badge)
        assert started["result"] == "pinRequired"
        site.submit(attempt, "11223344")
        site.call("GET", "/beta/users/ada@example.test", caller="admin")
        site.call("BREW", "/healthz")
        reply = site.call("GET", "/metrics")
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = reply.body.decode()
        assert "ada" not in text and "BREW" not in text
        families = {family.name: family for family in text_string_to_metric_families(text)}
        requests = families["qrpin_http_request_duration_seconds"]
        assert requests.type == "histogram" and all(family.documentation for family in families.values())
        counts = {(s.labels["method"], s.labels["route"], s.labels["status"]): s.value
                  for s in requests.samples if s.name.endswith("_count")}
        assert counts[("GET", "/beta/users/{user}", "200")] == 1, counts
        assert counts[("POST", "/kiosk/v1/signins/{id}/pin", "200")] == 1, counts
        for labels in counts:
            buckets = [s.value for s in requests.samples if s.name.endswith("_bucket")
                       and (s.labels["method"], s.labels["route"], s.labels["status"]) == labels]
            assert buckets == sorted(buckets) and buckets[-1] == counts[labels]
        assert families["qrpin_store_transaction_duration_seconds"].samples
        results = {(s.labels["step"], s.labels["result"]): s.value for s in families["qrpin_sign_in_results"].samples
                   if s.name.endswith("_total")}
        assert results == {("start", "pinRequired"): 1, ("pin", "wrongPIN"): 1}, results
        for name in ("process_resident_memory_bytes", "process_open_fds", "process_max_fds"):
            assert families[name].samples[0].value > 0
        assert families["process_cpu_seconds"].type == "counter"


def log():
    """Each request is one line of JSON with its route and caller, and without names, paths, tokens and PINs"""
    with Site(bin) as site:
        badge, pin = site.issue(pin="09599786")
        site.submit(site.begin(badge)[0], pin)
        site.call("GET", "/beta/users/ada@example.test?$select=id", caller="admin", headers={"client-request-id": "ada"})
        site.end()
        requests = [line for line in site.lines() if line["message"] == "request"]
        last = [line for line in requests if line["route"] == "/beta/users/{user}"][-1]
        assert last["caller"] == "admin" and last["status"] == "200" and float(last["milliseconds"]) > 0
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", last["request-id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", last["time"])
        text = site.log.read_text()
        # A name so short may stand in an id by chance, in hexadecimal digits.
        assert "ada" not in re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)
        for secret in ["09599786", *badge, *site.tokens.values()]:
            assert secret not in text, secret


def shutdown():
    """SIGTERM: not ready first, then no new connections, and running requests are finished"""
    with Site(bin, "--drain-seconds", "5") as site:
        body = f"grant_type=client_credentials&client_assertion={site.assertion('admin')}" + \
            f"&client_assertion_type={ASSERTION_TYPE}"
        running = socket.create_connection(("127.0.0.1", site.port), 10)
        running.sendall(f"POST /oauth2/v2.0/token HTTP/1.1\r\nhost: a\r\ncontent-length: {len(body)}\r\n\r\n{body[:20]}".encode())
        time.sleep(0.2)
        site.process.send_signal(signal.SIGTERM)
        wait_until(lambda: site.call("GET", "/readyz").status == 503, seconds=4)
        assert site.call("GET", "/healthz").status == 200

        def is_refused():
            try:
                socket.create_connection(("127.0.0.1", site.port), 10).close()
            except ConnectionRefusedError:
                return True
        wait_until(is_refused)
        assert site.process.poll() is None, "it ended before the request"
        running.sendall(body[20:].encode())
        answer = b""
        while more := running.recv(4096):
            answer += more
        assert answer.startswith(b"HTTP/1.1 200") and b"access_token" in answer
        assert site.process.wait(10) == 0


def stuck_shutdown():
    """A request that does not end cannot hold the service beyond its time"""
    with Site(bin, "--finish-seconds", "1") as site:
        running = socket.create_connection(("127.0.0.1", site.port), 10)
        running.sendall(b"POST /oauth2/v2.0/token HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx")
        time.sleep(0.2)
        start = time.monotonic()
        site.end(timeout=10)
        assert 0.5 < time.monotonic() - start < 15
        running.close()


def keys():
    """Keys rotate: tokens and PINs of before still count, and a key file that others can read stops the service"""
    with Site(bin) as site:
        site.token("admin")
        badge, first = site.issue()
        attempt, _ = site.begin(badge)
        assert site.submit(attempt, first)["result"] == "mustChangePIN"
        assert site.submit(attempt, BADGE_PIN, "newPin")["result"] == "signedIn"
        site.end()
        for purpose in ("signing", "pepper"):
            subprocess.run([site.bin / "qrpin-lifecycle", "keys", "rotate", purpose, "--state-directory", site.directory / "state"],
                           check=True, stdout=subprocess.DEVNULL)
        site.start()
        assert site.submit(site.begin(badge)[0], "74839201")["result"] == "wrongPIN"
        # The first time by the pepper of before, then by the new one.
        for _ in range(2):
            assert site.submit(site.begin(badge)[0], BADGE_PIN)["result"] == "signedIn"
        assert site.call("GET", "/beta/users", caller="admin").status == 200
        assert len(site.call("GET", "/.well-known/jwks.json").json["keys"]) == 2
        site.end()
        (site.directory / "state" / "pepper.key").chmod(0o644)
        refused = subprocess.run(
            [site.bin / "qrpin-lifecycle", "serve", "--database", site.directory / "d", "--state-directory",
             site.directory / "state"], capture_output=True, text=True, timeout=30)
        assert refused.returncode != 0 and "chmod 600" in refused.stderr, refused.stderr


def forms(secret):
    """A secret as text, hex, and base64 at each of the three places where it can begin."""
    raw = secret.encode()
    yield "text", raw
    yield "hex", raw.hex().encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        # The first and last characters also hold bits of the neighbours.
        yield f"base64+{shift}", whole[(shift * 8 + 5) // 6 + (shift > 0):len(raw) * 8 // 6]


def where(haystack, secret):
    return [(form, haystack.count(needle), haystack.find(needle)) for form, needle in forms(secret) if needle in haystack]


def secrets_stay_nowhere():
    """Of a PIN, a badge key and a token nothing is left in a file, and of a PIN nothing in the memory of the service"""
    for protocol in ("http", "https"):
        site = Site(bin)
        if protocol == "https":
            authority = Authority(site.directory, "ca")
            crt, key, _ = authority.issue("server", x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
            site.flags = ["--tls-certificate", crt, "--tls-key", key]
            site.tls = client_context(authority)
        with site:
            badge, first = site.issue(pin="74185296")
            made = site.call("PATCH", "/beta/users/ada@example.test/authentication/qrCodePinMethod/pin", {}, "admin").json["code"]
            # A kiosk keeps its connection, and with it the task and the buffers that the PIN went through.
            kiosk = site.connection()
            attempt, _ = site.begin(badge, connection=kiosk)
            assert site.submit(attempt, made, connection=kiosk)["result"] == "mustChangePIN"
            verdict = site.submit(attempt, BADGE_PIN, "newPin", connection=kiosk)
            assert verdict["result"] == "signedIn", verdict
            assert site.submit(site.begin(badge, connection=kiosk)[0], BADGE_PIN, connection=kiosk)["result"] == "signedIn"
            wrong = "74839201"
            assert site.submit(site.begin(badge, connection=kiosk)[0], wrong, connection=kiosk)["result"] == "wrongPIN"
            time.sleep(0.5)
            left = []
            pins = {"chosen first PIN": first, "made PIN": made, "PIN": BADGE_PIN, "wrong PIN": wrong}
            found_public = False
            for place, start, content in memory(site.process.pid):
                found_public |= b"urn:qrpin:lifecycle" in content
                for name, pin in pins.items():
                    for form, count, at in where(content, pin):
                        around = content[max(0, at - 48):at + 64]
                        left.append(f"{protocol}: {name} as {form}, {count} times, in {place} at {start + at:x}: {around!r}")
            for path in site.directory.rglob("*"):
                if path.is_file() and path.suffix not in (".key", ".crt", ".pem"):
                    content = path.read_bytes()
                    secrets = [*pins.values(), badge[2], verdict["assertion"], *site.tokens.values()]
                    left += [f"{protocol}: {form} in {path.name}" for secret in secrets for form, _, _ in where(content, secret)]
            for path in site.directory.glob("state/*"):
                assert path.stat().st_mode & 0o077 == 0, path
            assert found_public, "the search finds nothing at all"
            assert not left, "\n".join(left)
            kiosk.close()


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


tests = [tls, plain, forwarded, sizes, slow, connections, rates, metrics, log, shutdown, stuck_shutdown, keys, secrets_stay_nowhere]
failed = 0
for test in tests:
    if sys.argv[2:] and test.__name__ not in sys.argv[2:]:
        continue
    try:
        test()
        print(f"ok   {test.__doc__}", flush=True)
    except Exception as error:
        failed += 1
        print(f"FAIL {test.__doc__}: {type(error).__name__} {error}", flush=True)
        if os.environ.get("VERBOSE"):
            raise
sys.exit(failed > 0)
