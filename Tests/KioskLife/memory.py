"""Whether a secret is left in the memory of a running program.

usage: memory.py PROCESS MARK SECRET…      MARK is something that must be there, or the search would prove nothing
"""

import base64
import sys

from process_memory import memory


def forms(secret):
    """As text, and as the digits that keys are."""
    yield "text", secret.encode()
    if secret.isdigit():
        yield "digits", bytes(int(digit) for digit in secret)
        yield "base64", base64.b64encode(secret.encode()).rstrip(b"=")[:-1]


process, mark, *secrets = sys.argv[1:]
found, left = False, []
for place, _, content in memory(process):
    found |= mark.encode() in content
    for secret in secrets:
        for form, needle in forms(secret):
            at = content.find(needle)
            if at >= 0:
                left.append(f"{secret} as {form}, {content.count(needle)} times, in {place}: {content[max(0, at - 48):at + 64]!r}")
if not found:
    sys.exit(f"{mark} is not in the memory: the search finds nothing at all")
if left:
    sys.exit("\n".join(left))
