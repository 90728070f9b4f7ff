#!/usr/bin/env python3
"""An example of an application that takes sign-ins from the kiosk's API: prints each assertion, and `signed out` when its session ends.

usage: application.py PORT TOKEN-FILE

PORT is that of `qrpin-kiosk --page`, TOKEN-FILE the file of its --application-token. An assertion is to be checked before anybody
believes it: with `qrpin check-assertion`, or with a JWT library.
"""

import http.client
import json
import sys
import time

port, token = int(sys.argv[1]), open(sys.argv[2]).read().strip()
headers = {"Authorization": f"Bearer {token}"}


def call(method, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers=headers)
    return connection.getresponse()


def states():
    """Each state of the kiosk, for as long as it runs."""
    for line in call("GET", "/api/v1/events"):
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


while True:
    try:
        was = None
        for state in states():
            if state["hasAssertion"] and (answer := call("POST", "/api/v1/assertion")).status == 200:
                print(json.load(answer)["assertion"], flush=True)
            if was == "session" and state["phase"] != "session":
                print("signed out", flush=True)
            was = state["phase"]
    except (OSError, http.client.HTTPException):
        pass  # The kiosk is not there, or was stopped: it comes back.
    time.sleep(0.2)
