"""A service in a temporary directory, and callers that speak its protocol by the documents alone: no line of the product is used."""

import base64
import http.client
import json
import secrets
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ASSERTION_TYPE = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
ADMIN_ROLES = ["User.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All", "AuditLog.Read.All"]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]


class Site:
    """`with Site(bin, "--flag", …) as site:` runs the service until the block ends."""

    def __init__(self, bin, *flags):
        self.bin, self.flags = Path(bin), flags
        self.scratch = tempfile.TemporaryDirectory(prefix="qrpin-")
        self.directory = Path(self.scratch.name)
        self.log = self.directory / "service.log"
        self.keys, self.tokens, self.tls = {}, {}, None
        self.process = None
        self.lifecycle("user", "add", "ada@example.test", "--display-name", "Ada")
        self.lifecycle("user", "add", "bob@example.test", "--display-name", "Bob")
        self.admit("admin", *ADMIN_ROLES)
        self.admit("kiosk-1", "Kiosk.SignIn")

    def lifecycle(self, *arguments):
        subprocess.run(
            [self.bin / "qrpin-lifecycle", *arguments, "--database", self.directory / "lifecycle.sqlite"],
            check=True, stdout=subprocess.DEVNULL)

    def admit(self, name, *roles):
        self.keys[name] = Ed25519PrivateKey.generate()
        flags = [word for role in roles for word in ("--role", role)]
        self.lifecycle("client", "add", name, f"--public-key={b64(self.keys[name].public_key().public_bytes_raw())}", *flags)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if error[0]:
            print(self.log.read_text()[-4000:])
        self.scratch.cleanup()

    def start(self):
        ready = self.directory / "ready"
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [self.bin / "qrpin-lifecycle", "serve", "--database", self.directory / "lifecycle.sqlite", "--state-directory",
             self.directory / "state", "--port", "0", "--ready-file", ready, *self.flags],
            stderr=self.log.open("ab"))
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)
        self.url = ready.read_text().strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def end(self, number=signal.SIGTERM, timeout=30):
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def connection(self, timeout=30):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def call(self, method, path, body=None, caller=None, headers=None, connection=None):
        headers = dict(headers or {})
        if caller:
            headers["Authorization"] = "Bearer " + self.token(caller)
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        mine = connection or self.connection()
        mine.request(method, path, body, headers)
        reply = Reply(mine.getresponse())
        if not connection:
            mine.close()
        return reply

    def call_raw_status(self, path, headers):
        """The status of a GET, or nothing when the connection was closed on it."""
        try:
            return self.call("GET", path, headers=headers).status
        except (ConnectionError, http.client.HTTPException):
            return None

    def assertion(self, name):
        head = b64(json.dumps({"alg": "EdDSA", "typ": "JWT"}).encode())
        claims = {"iss": name, "sub": name, "aud": "urn:qrpin:lifecycle", "exp": int(time.time()) + 300}
        signed = f"{head}.{b64(json.dumps(claims).encode())}"
        return f"{signed}.{b64(self.keys[name].sign(signed.encode()))}"

    def token(self, name):
        if name not in self.tokens:
            body = f"grant_type=client_credentials&client_assertion_type={ASSERTION_TYPE}&client_assertion={self.assertion(name)}"
            reply = self.call("POST", "/oauth2/v2.0/token", body)
            assert reply.status == 200, reply.body
            self.tokens[name] = reply.json["access_token"]
        return self.tokens[name]

    def issue(self, user="ada@example.test", pin=None):
        """A badge's fields and its first PIN."""
        body = {"standardQRCode": {}} | ({"pin": {"code": pin}} if pin else {})
        reply = self.call("PUT", f"/beta/users/{user}/authentication/qrCodePinMethod", body, "admin")
        assert reply.status == 201, reply.body
        payload = base64.b64decode(reply.json["standardQRCode"]["image"]["rawContent"]).decode()
        return payload.split("|")[1:], reply.json["pin"]["code"]

    def begin(self, badge, kiosk="kiosk-1", connection=None):
        """Starts a sign-in; gives the attempt's id and the answer."""
        upn, code, key = badge
        nonce = self.call("GET", "/kiosk/v1/nonce", None, kiosk, connection=connection).json["nonce"]
        now = int(time.time() * 1000)
        bits = now << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
        attempt = str(uuid.UUID(int=bits))
        fields = [attempt, kiosk, code, nonce, str(now)]
        claim = "qrpin proof v1\n" + "".join(f"{len(field)}:{field}\n" for field in fields)
        seed = HKDF(SHA256(), 32, uuid.UUID(code).bytes, b"qrpin badge v1").derive(base64.urlsafe_b64decode(key + "=="))
        proof = b64(Ed25519PrivateKey.from_private_bytes(seed).sign(claim.encode()))
        body = {"id": attempt, "userPrincipalName": upn, "qrCodeId": code, "nonce": nonce, "proofMilliseconds": now, "proof": proof}
        return attempt, self.call("POST", "/kiosk/v1/signIns", body, kiosk, connection=connection).json

    def submit(self, attempt, pin, step="pin", kiosk="kiosk-1", connection=None):
        member = "pin" if step == "pin" else "newPin"
        return self.call("POST", f"/kiosk/v1/signIns/{attempt}/{step}", {member: pin}, kiosk, connection=connection).json

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]
