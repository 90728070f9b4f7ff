"""An identity provider as far as a service sees it: publishes its key over HTTP and has issued some tokens.

usage: issuer.py DIRECTORY

Writes `issuer.url`, the address of its JSON Web Key Set, once it listens, and NAME.token for each token.
"""

import http.server
import json
import pathlib
import sys
import time
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://id.example.test"
SCOPES = (
    "UserAuthenticationMethod.ReadWrite.All Directory.AccessAsUser.All Policy.ReadWrite.AuthenticationMethod "
    "User.ReadWrite.All AuditLog.Read.All"
)
# Authentication Administrator, Authentication Policy Administrator, User Administrator, Reports Reader.
ROLES = [
    "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "0526716b-113d-4c15-b2c8-68e3c22b9f80",
    "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "4a5d8f65-41da-4de4-8968-e035b65339cf",
]
TOKENS = {
    "ada": {"preferred_username": "ada@example.test", "scp": "UserAuthMethod-QR.ReadWrite Directory.AccessAsUser.All"},
    "reader": {"preferred_username": "bo@example.test", "scp": "UserAuthMethod-QR.Read"},
    # Someone with a badge of their own, so that /me has something to show.
    "administrator": {"preferred_username": "bo@example.test", "scp": SCOPES, "wids": ROLES},
}

directory = pathlib.Path(sys.argv[1])
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
# As Microsoft Entra publishes its keys: without `alg`.
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
keys = json.dumps({"keys": [{"kty": "RSA", "use": "sig", "kid": "key-1", "n": public["n"], "e": public["e"]}]}).encode()


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(keys)))
        self.end_headers()
        self.wfile.write(keys)


now = int(time.time())
for name, claims in TOKENS.items():
    usual = {"iss": ISSUER, "aud": "qrpin", "sub": str(uuid.uuid4()), "azp": "portal", "nbf": now, "iat": now, "exp": now + 3600}
    token = jwt.encode(usual | claims, key, algorithm="RS256", headers={"kid": "key-1"})
    (directory / f"{name}.token").write_text(token)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
(directory / "issuer.url").write_text(f"http://127.0.0.1:{server.server_port}/keys")
server.serve_forever()
