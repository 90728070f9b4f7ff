"""Symbols of `qrpin encode --jsonl` read back by ZBar (zbarimg) and zxing-cpp, byte for byte.

usage: read-back.py QRPIN [SEED]

Every version and level with random bytes, with the payload filled to the last byte, and with text whose shortest segments are of all
modes; Micro QR, which ZBar does not read, by zxing-cpp alone. A failure names the symbol and the seed.
"""

import base64
import json
import random
import subprocess
import sys
import tempfile

import zxingcpp

QUIET_ZONE = 4
SCALE = 4

seed = sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(10**6))
random.seed(seed)

# Bytes of some versions and levels (ISO/IEC 18004 Table 7); the sweep finds the others by bisection.
KNOWN = {(1, "L"): 17, (20, "M"): 666, (40, "H"): 1273, (40, "L"): 2953}


def encode(requests):
    """The answers of one run; a line that cannot be encoded has an error."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([sys.argv[1], "encode", "--jsonl"], input=lines, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(requests), done.stderr
    return answers


def request(data, **fields):
    return {"text_b64": base64.b64encode(data).decode(), **fields}


def capacities():
    """Bytes that each version and level holds in byte mode, by bisection of what the encoder takes."""
    keys = [(version, ec) for version in range(1, 41) for ec in "LMQH"]
    low, high = {key: 1 for key in keys}, {key: 2954 for key in keys}
    for _ in range(12):
        middle = {key: (low[key] + high[key]) // 2 for key in keys}
        answers = encode([request(b"a" * middle[key], mode="byte", version=key[0], ec=key[1]) for key in keys])
        for key, answer in zip(keys, answers):
            (high if "error" in answer else low)[key] = middle[key]
    for key, known in KNOWN.items():
        assert low[key] == known, f"version {key} takes {low[key]} bytes and should take {known}"
    return low


def raster(answer):
    """Side and pixels of 8-bit grey."""
    size = answer["size"]
    side = (size + 2 * QUIET_ZONE) * SCALE
    pixels = bytearray(b"\xff" * side * QUIET_ZONE * SCALE)
    for row in answer["rows"]:
        bits = bin(int("1" + row, 16))[3:][:size]
        line = b"\xff" * (QUIET_ZONE * SCALE)
        line += b"".join((b"\0" if bit == "1" else b"\xff") * SCALE for bit in bits)
        pixels += (line + b"\xff" * (QUIET_ZONE * SCALE)) * SCALE
    pixels += b"\xff" * side * QUIET_ZONE * SCALE
    return side, bytes(pixels)


def by_zxing(side, pixels, kind=zxingcpp.BarcodeFormat.QRCodeModel2):
    image = memoryview(pixels).cast("B", shape=[side, side])
    # Left free, it also takes a finder-like corner of a large symbol for a Micro QR Code.
    return [result.bytes for result in zxingcpp.read_barcodes(image, formats=kind)]


def by_zxing_as_micro(side, pixels):
    return by_zxing(side, pixels, zxingcpp.BarcodeFormat.MicroQRCode)


def by_zbar(side, pixels):
    with tempfile.NamedTemporaryFile(suffix=".pgm") as file:
        file.write(b"P5\n%d %d\n255\n" % (side, side) + pixels)
        file.flush()
        options = ["--nodbus", "--raw", "-q", "-Sdisable", "-Sqrcode.enable", "-Sbinary"]
        return [subprocess.run(["zbarimg", *options, file.name], capture_output=True).stdout]


def mixed(room):
    """Text with runs of every mode, of about `room` bytes, and its bytes as readers give them."""
    parts = []
    while sum(map(len, parts)) < room:
        parts.append(
            random.choice(
                [
                    lambda: bytes(random.choices(b"0123456789", k=random.randint(1, 20))),
                    lambda: bytes(random.choices(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", k=random.randint(1, 20))),
                    lambda: bytes(random.choices(b"abcdefghijklmnopqrstuvwxyz|_@", k=random.randint(1, 20))),
                ]
            )()
        )
    return b"".join(parts)[:room]


def kanji(count):
    """Characters of JIS X 0208, as UTF-8 for the encoder and as Shift JIS, which the symbol holds."""
    text = "".join(random.choices("点茗日本語漢字東京都大阪府勤務札工場夜間", k=count))
    return text.encode(), text.encode("shift_jis")


def cases():
    for (version, ec), most in capacities().items():
        full = random.randbytes(most)
        yield request(full, mode="byte", version=version, ec=ec, mask=random.randrange(8)), full
        part = random.randbytes(random.randint(1, most))
        yield request(part, mode="byte", version=version, ec=ec), part
        text = mixed(random.randint(1, most))
        yield request(text, version=version, ec=ec), text
        utf8, shift_jis = kanji(random.randint(1, max(1, most // 2)))
        yield request(utf8, mode="kanji", version=version, ec=ec), shift_jis


def micro_cases():
    """Of each mode every length that fits (ISO/IEC 18004 Table 7)."""
    table = [
        ("M1", None, 5, 0, 0), ("M2", "L", 10, 6, 0), ("M2", "M", 8, 5, 0), ("M3", "L", 23, 14, 9), ("M3", "M", 18, 11, 7),
        ("M4", "L", 35, 21, 15), ("M4", "M", 30, 18, 13), ("M4", "Q", 21, 13, 9),
    ]
    for version, ec, digits, characters, most in table:
        level = {"ec": ec} if ec else {}
        for mode, count, letters in [
            ("numeric", digits, b"0123456789"), ("alphanumeric", characters, b"ABCXYZ $%*+-./:"), ("byte", most, b"abcxyz@_|"),
        ]:
            for length in range(1, count + 1):
                text = bytes(random.choices(letters, k=length))
                yield request(text, mode=mode, version=version, **level), text


def main():
    failures = []

    def check(reader, name, wanted, case, side, pixels):
        found = reader(side, pixels)
        if found != [wanted]:
            what = {key: case[key] for key in case if key != "text_b64"}
            failures.append(f"{name} reads {len(found)} symbols of {[len(text) for text in found]} bytes from {what}, {len(wanted)} bytes")

    whole, micro = list(cases()), list(micro_cases())
    answers = encode([case for case, _ in whole + micro])
    for number, ((case, wanted), answer) in enumerate(zip(whole + micro, answers)):
        if "error" in answer:
            failures.append(f"{case}: {answer['error']}")
            continue
        side, pixels = raster(answer)
        if number < len(whole):
            check(by_zxing, "zxing-cpp", wanted, case, side, pixels)
            check(by_zbar, "ZBar", wanted, case, side, pixels)
        else:
            check(by_zxing_as_micro, "zxing-cpp", wanted, case, side, pixels)
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(whole)} symbols read by ZBar and zxing-cpp, {len(micro)} Micro QR by zxing-cpp, {len(failures)} failures, seed {seed}")
    sys.exit(1 if failures else 0)


main()
