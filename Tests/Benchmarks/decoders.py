"""The decoders' table: ours, zxing-cpp with all its options, libzbar and quirc on the same pictures, one thread, the least processor time
of three rounds in which each has its turn.

A text of ours that is not in the truth, which does not list every code that a photo shows, should be seen by another decoder: in the
picture, or in the part of it where ours saw the text, enlarged and deblurred. Those that are not are named; look at them.

usage: decoders.py DECODER-BENCHMARK DATA-DIRECTORY WORK-DIRECTORY
"""
import collections, csv, ctypes, json, os, subprocess, sys, time, warnings

import numpy, PIL.Image, PIL.ImageOps, zxingcpp

try:
    import quirc  # Of the package pyquirc.
except ImportError:
    quirc = None
try:
    import qrlyzer
except ImportError:
    qrlyzer = None

benchmark, data, work = sys.argv[1:]


def zxing(luma):
    options = dict(formats=zxingcpp.BarcodeFormat.QRCode, try_rotate=True, try_downscale=True, try_invert=True)
    return [found.text for found in zxingcpp.read_barcodes(luma, **options)]


class ZBar:
    """libzbar by ctypes, QR Code only."""

    def __init__(self):
        self.lib = lib = ctypes.CDLL("libzbar.so.0")
        for name in "zbar_image_scanner_create", "zbar_image_create", "zbar_image_first_symbol", "zbar_symbol_next":
            getattr(lib, name).restype = ctypes.c_void_p
        lib.zbar_symbol_get_data.restype = ctypes.POINTER(ctypes.c_char)
        self.scanner = ctypes.c_void_p(lib.zbar_image_scanner_create())
        lib.zbar_image_scanner_set_config(self.scanner, 0, 0, 0)
        lib.zbar_image_scanner_set_config(self.scanner, 64, 0, 1)

    def __call__(self, luma):
        lib, (height, width) = self.lib, luma.shape
        image = ctypes.c_void_p(lib.zbar_image_create())
        lib.zbar_image_set_format(image, 0x30303859)
        lib.zbar_image_set_size(image, width, height)
        lib.zbar_image_set_data(image, luma.ctypes.data_as(ctypes.c_void_p), ctypes.c_ulong(luma.size), None)
        lib.zbar_scan_image(self.scanner, image)
        texts, symbol = [], lib.zbar_image_first_symbol(image)
        while symbol:
            symbol = ctypes.c_void_p(symbol)
            size = lib.zbar_symbol_get_data_length(symbol)
            texts.append(lib.zbar_symbol_get_data(symbol)[:size].decode("utf-8", "replace"))
            symbol = lib.zbar_symbol_next(symbol)
        lib.zbar_image_destroy(image)
        return texts


def read_by_quirc(luma):
    # What it sees and cannot read, it warns of.
    with warnings.catch_warnings(action="ignore"):
        return [text_of(found.payload) for _, found in quirc.decode(luma)]


def text_of(payload):
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("shift_jis", "replace")


peers = {"zxing-cpp": zxing, "libzbar": ZBar()}
if quirc:
    peers["quirc"] = read_by_quirc
else:
    print("quirc is left out: pyquirc is not installed")
engines = ["qrpin", *peers]
# Who may confirm a text: rqrr and rxing, too, by qrlyzer.
witnesses = list(peers.values())
if qrlyzer:
    witnesses.append(lambda luma: qrlyzer.detect_and_decode_from_bytes(luma.tobytes(), *luma.shape[::-1]))
else:
    print("rqrr and rxing confirm nothing: qrlyzer is not installed")


def plain(text):
    """Decoders differ in how they write line ends and Shift JIS's 5C, a yen sign or a backslash; that is no misreading."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("¥", "\\").strip()


def timed(peer, luma):
    start = time.thread_time()
    texts = peer(luma)
    return texts, (time.thread_time() - start) * 1000


def ours(mode, argument):
    output = subprocess.run([benchmark, mode, argument], capture_output=True, check=True).stdout.decode()
    return [json.loads(line) for line in output.split("\n") if line]


def luma_of(file):
    return numpy.ascontiguousarray(numpy.asarray(PIL.Image.open(file).convert("L")))


def closer(picture, region):
    """A region of a picture and some of its surroundings as squares of several sizes, as they are and less and less blurred."""
    x, y, width, height = region
    for share in 0.3, 0.15, 0.1:
        margin = round(max(width, height) * share)
        left, top = max(0, x - margin), max(0, y - margin)
        part = picture.crop((left, top, min(picture.width, x + width + margin), min(picture.height, y + height + margin)))
        for side in 250, 400, 640, 800:
            square = PIL.ImageOps.autocontrast(part.resize((side, side), PIL.Image.Resampling.BICUBIC), cutoff=1)
            for blur in 0, 0.007, 0.01, 0.014:
                yield deblurred(numpy.asarray(square), blur * side)


def deblurred(luma, deviation):
    """A picture with a Gaussian blur of so many pixels taken away, by Wiener's filter."""
    margin, noise = 32, 0.02
    wide = numpy.pad(luma.astype(float), margin, mode="reflect")
    down, across = numpy.fft.fftfreq(wide.shape[0])[:, None], numpy.fft.rfftfreq(wide.shape[1])
    kept = numpy.exp(-2 * (numpy.pi * deviation) ** 2 * (down**2 + across**2))
    sharp = numpy.fft.irfft2(numpy.fft.rfft2(wide) * kept * (1 + noise) / (kept**2 + noise), wide.shape)
    return numpy.ascontiguousarray(sharp[margin:-margin, margin:-margin].clip(0, 255).astype(numpy.uint8))


def is_confirmed(text, file, region):
    """Whether another decoder reads a text when it is shown where ours read it."""
    views = closer(PIL.Image.open(file).convert("L"), region)
    return any(text in map(plain, read(view)) for view in views for read in witnesses)


def pictures(name, group, truth_of):
    """Prints the table of one collection, each row a group, and the rungs that read it."""
    with open(f"{data}/{name}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    listing = f"{work}/{name}.txt"
    with open(listing, "w") as file:
        file.write("\n".join(f"{data}/{row['file']}" for row in rows))
    readings = [{} for _ in rows]
    for _ in range(3):
        mine = ours("pictures", listing)
        for reading, line in zip(readings, mine):
            luma = luma_of(line["file"])
            found = {"qrpin": (line["texts"], line["milliseconds"])} | {name: timed(peer, luma) for name, peer in peers.items()}
            for engine, (texts, spent) in found.items():
                reading[engine] = texts, min(spent, reading.get(engine, (texts, spent))[1])
    table = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0, 0, 0.0]))
    codes = collections.Counter()
    unconfirmed = []
    for row, line, found in zip(rows, mine, readings):
        truth = {plain(text) for text in truth_of(row)}
        seen = {engine: {plain(text) for text in texts} for engine, (texts, _) in found.items()}
        alone = {engine: seen[engine] - truth.union(*(seen[other] for other in engines if other != engine)) for engine in engines}
        regions = {plain(text): region for text, region in zip(line["texts"], line["regions"])}
        alone["qrpin"] = {text for text in alone["qrpin"] if not is_confirmed(text, line["file"], regions[text])}
        unconfirmed += [f"{row['file']}: {text!r}" for text in sorted(alone["qrpin"])]
        for key in row[group], "all":
            codes[key] += bool(truth)
            for engine, (_, spent) in found.items():
                cell = table[key][engine]
                cell[0] += bool(truth & seen[engine])
                cell[1] += bool(alone[engine])
                cell[2] += 1
                cell[3] += spent
    print(f"\n{name}: read / neither in the truth nor seen by another engine / mean ms")
    print(f"{'':24}{'codes':>6}" + "".join(f"{engine:>22}" for engine in engines))
    for key in sorted(table, key=lambda key: key == "all"):
        cells = "".join(f"{cell[0]:>10} /{cell[1]:>3} /{cell[3] / cell[2]:6.2f}" for cell in map(table[key].get, engines))
        print(f"{key:24}{codes[key]:>6}{cells}")
    print("".join(f"\nonly ours: {text}" for text in unconfirmed))
    print("\nrung           symbols read    ms in all   reads per ms")
    spent, wins = collections.Counter(), collections.Counter()
    for line in mine:
        spent.update(line["rungs"])
        wins.update(line["wins"])
    for rung in ["locate", "plain", "equalised", "fourthCorner", "bent", "crumpled", "tiny"]:
        print(f"{rung:14}{wins[rung]:>13}{spent[rung]:>13.1f}{wins[rung] / max(spent[rung], 1e-9):>15.3f}")
    return {engine: table["all"][engine] for engine in engines}


def sequences():
    """Prints how many frames pass from the whole badge in view to its payload, beside what the peers read of it when it is held.

    Returns what is missed of the target: a payload in the first whole frame mostly, and in the third all but always, where peers read half.
    """
    groups = collections.defaultdict(list)
    for line in ours("sequences", work):
        luma = luma_of(line["still"])
        groups[line["entrance"], line["pixelsPerModule"]].append(
            (line, {name: line["text"] in timed(peer, luma)[0] for name, peer in peers.items()})
        )
    print("\nsequences: frames to the payload, median and 99th percentile, from the first whole frame and from the first without")
    print("more than a module of motion; stills read by the peers")
    print("badge   px/module  read   whole     clear    ms a frame" + "".join(f"{peer:>12}" for peer in peers))
    missed = []
    for (entrance, scale), lines in sorted(groups.items(), key=lambda item: (item[0][0] == "slides", item[0][1])):
        spent = [ms for line, _ in lines for ms in line["milliseconds"]]
        reads = {peer: sum(seen[peer] for _, seen in lines) for peer in peers}
        shares = "".join(f"{read:>9}/{len(lines)}" for read in reads.values())
        whole, clear = (spread([line.get(key) or 999 for line, _ in lines]) for key in ("frames", "clearFrames"))
        read = sum("frames" in line for line, _ in lines)
        cells = "".join(f"{middle:>5}{last:>4} " for middle, last in (whole, clear))
        print(f"{entrance:8}{scale:9}{read:>4}/{len(lines)}{cells}{sum(spent) / len(spent):>12.2f}{shares}")
        if max(reads.values()) * 2 >= len(lines) and (whole[0] > 1 or whole[1] > 3):
            missed.append(f"sequences: {entrance} at {scale} px/module: {whole[0]} and {whole[1]} frames")
    return missed


def spread(frames):
    """The median and the 99th percentile of a list; never read counts as 999."""
    frames = sorted(frames)
    return frames[len(frames) // 2], frames[min(len(frames) - 1, int(len(frames) * 0.99))]


def empty_frames():
    """Prints what a 1080p frame without a code takes, and returns what is missed of the target, two milliseconds in the mean."""
    print("\n1080p frames without a code: mean and greatest ms")
    missed = []
    for line in ours("empty", work):
        mean, greatest = sum(line["milliseconds"]) / len(line["milliseconds"]), max(line["milliseconds"])
        print(f"{line['scene']:8}{mean:8.2f}{greatest:8.2f}")
        if mean > 2:
            missed.append(f"1080p frames without a code, {line['scene']}: {mean:.2f} ms")
    return missed


missed = sequences() + empty_frames()
if not os.path.isdir(data):
    print(f"\nThe pictures are not here ({data}): their tables are skipped.")
    sys.exit(bool(missed))
real = pictures("real", "category", lambda row: json.loads(row["texts"]))
badge = pictures("badge", "sweep", lambda row: [row["text"]] if row["text"] else [])
missed += [
    f"{name}: {what}"
    for name, table in (("real", real), ("badge", badge))
    for what, is_met in [
        ("fewer read than by a peer", all(table["qrpin"][0] >= table[peer][0] for peer in peers)),
        ("slower than zxing-cpp", table["qrpin"][3] <= table["zxing-cpp"][3]),
    ]
    if not is_met
]
print("\n" + ("\n".join(missed) if missed else "Nothing is missed of what is checked: entrances, frames without a code, reads and time in all."))
sys.exit(bool(missed))
