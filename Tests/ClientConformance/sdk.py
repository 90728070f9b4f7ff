"""Every call that Microsoft's Graph SDK (beta) has for QR code + PIN, against a running service, in one process.

usage: sdk.py URL SITE-DIRECTORY DIRECTORY-OF-PROGRAMS

Ends with the number of checks, or at the first that fails.
"""

import asyncio
import base64
import datetime as dt
import pathlib
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider
from kiota_abstractions.authentication.access_token_provider import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated.models.authentication_method_state import AuthenticationMethodState
from msgraph_beta.generated.models.authentication_method_target import AuthenticationMethodTarget
from msgraph_beta.generated.models.authentication_method_target_type import AuthenticationMethodTargetType
from msgraph_beta.generated.models.error_correction_level import ErrorCorrectionLevel
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.qr_code import QrCode
from msgraph_beta.generated.models.qr_code_pin_authentication_method import QrCodePinAuthenticationMethod
from msgraph_beta.generated.models.qr_code_pin_authentication_method_configuration import (
    QrCodePinAuthenticationMethodConfiguration as Policy,
)
from msgraph_beta.generated.models.qr_pin import QrPin
from msgraph_beta.generated.models.sign_in_identifier_type import SignInIdentifierType
from msgraph_beta.generated.users.item.authentication.qr_code_pin_method.pin.update_pin.update_pin_post_request_body import (
    UpdatePinPostRequestBody,
)
from msgraph_beta.generated.users.item.authentication.qr_code_pin_method.qr_code_pin_method_request_builder import (
    QrCodePinMethodRequestBuilder,
)
from msgraph_beta.graph_request_adapter import GraphRequestAdapter

url, site, programs = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
checks = 0


def check(what, holds):
    global checks
    checks += 1
    if not holds:
        raise SystemExit(f"FAIL {what}")


async def refused(what, call, status, code):
    """The call ends in a typed error."""
    try:
        await call
    except ODataError as error:
        check(f"{what}: {error.response_status_code} {error.error and error.error.code}",
              error.response_status_code == status and error.error.code == code)
        inner = error.error.inner_error
        check(f"{what}: inner error", error.error.message and inner and inner.date and uuid.UUID(inner.request_id)
              and inner.client_request_id)
    else:
        check(f"{what}: not refused", False)


class StaticToken(AccessTokenProvider):
    def __init__(self, token):
        self.token = token

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def client(token):
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(StaticToken(token)))
    adapter.base_url = f"{url}/beta"
    return GraphServiceClient(request_adapter=adapter)


def application_token():
    """From the embedded issuer, by private_key_jwt (RFC 7523 §2.2)."""
    encoded = (site / "admin.key").read_text().strip()
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    claims = {"iss": "admin", "sub": "admin", "aud": "urn:qrpin:lifecycle", "exp": int(time.time()) + 300}
    form = urllib.parse.urlencode({
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, key, algorithm="EdDSA"),
    })
    with urllib.request.urlopen(f"{url}/oauth2/v2.0/token", form.encode()) as answer:
        return __import__("json").load(answer)["access_token"]


async def put_method(graph, user, body):
    """The SDK has no put() here, though the documentation has PUT."""
    request = RequestInformation(
        Method.PUT, "{+baseurl}/users/{user%2Did}/authentication/qrCodePinMethod",
        {"baseurl": graph.request_adapter.base_url, "user%2Did": user})
    request.headers.try_add("Accept", "application/json")
    request.set_content_from_parsable(graph.request_adapter, "application/json", body)
    return await graph.request_adapter.send_async(request, QrCodePinAuthenticationMethod, {"XXX": ODataError})


async def main():
    graph, ada, reader = client(application_token()), client((site / "ada.token").read_text()), client((site / "reader.token").read_text())
    now = dt.datetime.now(dt.timezone.utc)
    year = now + dt.timedelta(days=365)
    user = graph.users.by_user_id("ada@example.test").authentication
    method = user.qr_code_pin_method

    # No method yet.
    await refused("get, none", method.get(), 404, "itemNotFound")
    await refused("delete, none", method.delete(), 404, "itemNotFound")

    # Create.
    asked = QrCodePinAuthenticationMethod(
        standard_q_r_code=QrCode(start_date_time=now, expire_date_time=year), pin=QrPin(code="09599786"))
    made = await put_method(graph, "ada@example.test", asked)
    check("create", isinstance(made, QrCodePinAuthenticationMethod) and uuid.UUID(made.id) and made.temporary_q_r_code is None)
    image = made.standard_q_r_code.image
    check("create: image", image.binary_value.startswith(b"<svg") and image.raw_content.startswith(b"ms-qrpin:v1|ada@example.test|"))
    check("create: symbol", image.error_correction_level in list(ErrorCorrectionLevel) and 1 <= image.version <= 40)
    check("create: PIN", made.pin.code == "09599786" and made.pin.force_change_pin_next_sign_in is True)
    check("create: dates", abs(made.standard_q_r_code.expire_date_time - year) < dt.timedelta(milliseconds=1))
    await refused("create twice", put_method(graph, "ada@example.test", asked), 400, "tooManyQRCodePinMethod")
    await refused("create without code", put_method(graph, "bo@example.test", QrCodePinAuthenticationMethod()), 400, "standardQRCodeRequired")

    # Read.
    read = await method.get()
    check("get", read.id == made.id and read.standard_q_r_code.id == made.standard_q_r_code.id)
    check("get: no secrets", read.standard_q_r_code.image is None and read.pin.code is None)
    query = QrCodePinMethodRequestBuilder.QrCodePinMethodRequestBuilderGetQueryParameters(
        select=["id", "standardQRCode"], expand=["standardQRCode", "pin"])
    read = await method.get(RequestConfiguration(query_parameters=query))
    check("get: $select, $expand", read.id == made.id and read.standard_q_r_code.id and read.pin.id and read.created_date_time is None)
    methods = await user.methods.get()
    check("list", len(methods.value) == 1 and isinstance(methods.value[0], QrCodePinAuthenticationMethod))
    check("by object id", (await graph.users.by_user_id(
        (await graph.users.by_user_id("ada@example.test").get()).id).authentication.qr_code_pin_method.get()).id == made.id)

    # The standard code.
    code = await method.standard_q_r_code.get()
    check("get standard", isinstance(code, QrCode) and code.id == made.standard_q_r_code.id and code.image is None)
    month = now + dt.timedelta(days=30)
    changed = await method.standard_q_r_code.patch(QrCode(expire_date_time=month))
    check("change expiry", changed.id == code.id and changed.image is None and abs(changed.expire_date_time - month) < dt.timedelta(milliseconds=1))
    again = QrCode(start_date_time=now + dt.timedelta(days=1), expire_date_time=month)
    await refused("create over an active code", method.standard_q_r_code.patch(again), 400, "ActiveQRCodeExisted")
    await refused("too long", method.standard_q_r_code.patch(QrCode(expire_date_time=now + dt.timedelta(days=396))), 400, "qrCodeLifeTimeExceedLimit")
    check("delete standard", await method.standard_q_r_code.delete() is None)
    await refused("delete standard twice", method.standard_q_r_code.delete(), 404, "itemNotFound")
    await refused("get standard, none", method.standard_q_r_code.get(), 404, "itemNotFound")
    fresh = await method.standard_q_r_code.patch(QrCode(start_date_time=now, expire_date_time=year))
    check("create standard", fresh.id != code.id and fresh.image.raw_content.startswith(b"ms-qrpin:v1|"))

    # The temporary code.
    await refused("get temporary, none", method.temporary_q_r_code.get(), 404, "itemNotFound")
    await refused("temporary, 13 h", method.temporary_q_r_code.patch(QrCode(start_date_time=now, expire_date_time=now + dt.timedelta(hours=13))),
                  400, "qrCodeLifeTimeExceedLimit")
    temporary = QrCode(start_date_time=now, expire_date_time=now + dt.timedelta(hours=8))
    check("create temporary", (await method.temporary_q_r_code.patch(temporary)).image.binary_value.startswith(b"<svg"))
    await refused("temporary twice", method.temporary_q_r_code.patch(temporary), 400, "ActiveQRCodeExisted")
    check("get temporary", (await method.temporary_q_r_code.get()).image is None)
    check("delete temporary", await method.temporary_q_r_code.delete() is None)

    # The PIN: reset, read, changed by its person, deleted.
    pin = await method.pin.get()
    check("get PIN", isinstance(pin, QrPin) and pin.code is None and pin.force_change_pin_next_sign_in)
    reset = await method.pin.patch(QrPin())
    check("reset", reset.code.isdigit() and len(reset.code) == 8 and reset.force_change_pin_next_sign_in)
    other = await method.pin.patch(QrPin(code="09599786"))
    check("reset ignores a code", other.code != "09599786")

    def change(current, new):
        return UpdatePinPostRequestBody(current_pin=current, new_pin=new)

    own = ada.me().authentication.qr_code_pin_method
    check("me", (await own.get()).id == made.id)
    await refused("updatePin, wrong", own.pin.update_pin.post(change("48219370", "56745755")), 400, "invalidPin")
    await refused("updatePin, weak", own.pin.update_pin.post(change(other.code, "12345678")), 400, "invalidPin")
    await refused("updatePin, short", own.pin.update_pin.post(change(other.code, "5674575")), 400, "pinTooShort")
    check("updatePin", await own.pin.update_pin.post(change(other.code, "56745755")) is None)
    check("updatePin: done", (await own.pin.get()).force_change_pin_next_sign_in is False)
    named = ada.users.by_user_id("ada@example.test").authentication.qr_code_pin_method
    check("updatePin by name", await named.pin.update_pin.post(change("56745755", "35387687")) is None)
    await refused("updatePin by an application", method.pin.update_pin.post(change("35387687", "56745755")), 403, "accessDenied")

    # The badge signs in, and the log has it.
    (site / "badge").write_bytes(fresh.image.raw_content)
    (site / "pin").write_text("PIN 35387687\n")
    subprocess.run(
        [programs / "qrpin", "loopback", "--kiosk", programs / "qrpin-kiosk", "--scanner", programs / "qrpin-scan", "--badge", site / "badge",
         "--pin-file", site / "pin", "--", "--service", url, "--client-id", "kiosk-1", "--key", site / "kiosk.key",
         "--outbox", site / "outbox.sqlite", "--once", "1"],
        check=True, stdout=subprocess.DEVNULL)
    log = (await graph.audit_logs.sign_ins.get()).value
    check("sign-ins", len(log) == 1 and log[0].user_principal_name == "ada@example.test" and log[0].status.error_code == 0)
    check("sign-ins: step", log[0].authentication_details[0].succeeded and log[0].sign_in_identifier_type == SignInIdentifierType.QrCode)
    check("sign-in by id", (await graph.audit_logs.sign_ins.by_sign_in_id(log[0].id).get()).id == log[0].id)
    check("last used", (await method.get()).last_used_date_time is not None)

    # The policy.
    policies = graph.policies.authentication_methods_policy.authentication_method_configurations
    policy = policies.by_authentication_method_configuration_id("qrCodePin")
    read = await policy.get()
    check("policy", isinstance(read, Policy) and read.pin_length == 8 and read.include_targets[0].id == "all_users")
    changed = await policy.patch(Policy(
        state=AuthenticationMethodState.Enabled, pin_length=10, standard_q_r_code_lifetime_in_days=395,
        include_targets=[AuthenticationMethodTarget(id="all_users", target_type=AuthenticationMethodTargetType.Group)]))
    check("policy: change", changed.pin_length == 10 and changed.standard_q_r_code_lifetime_in_days == 395)
    await refused("policy: out of range", policy.patch(Policy(pin_length=21)), 400, "invalidRequest")
    check("policy: delete", await policy.delete() is None)
    check("policy: default", (await policy.get()).state == AuthenticationMethodState.Disabled)
    await policy.patch(Policy(state=AuthenticationMethodState.Enabled))

    # Who may not.
    await refused("no token", client("rubbish").users.by_user_id("ada@example.test").authentication.qr_code_pin_method.get(), 401, "unauthenticated")
    others = reader.users.by_user_id("ada@example.test").authentication.qr_code_pin_method
    await refused("another's without a role", others.get(), 403, "accessDenied")
    await refused("without the scope", reader.me().authentication.qr_code_pin_method.pin.patch(QrPin()), 403, "accessDenied")
    await refused("an application at /me", graph.me().authentication.qr_code_pin_method.get(), 400, "invalidRequest")
    await refused("no such user", graph.users.by_user_id("nobody@example.test").authentication.qr_code_pin_method.get(), 404, "itemNotFound")

    # Delete.
    check("delete PIN", await method.pin.delete() is None)
    await refused("get PIN, none", method.pin.get(), 404, "itemNotFound")
    check("delete", await method.delete() is None)
    await refused("get, deleted", method.get(), 404, "itemNotFound")
    check("list, none", (await user.methods.get()).value == [])
    print(f"ok   {checks} checks")


asyncio.run(main())
