"""The guides' commands: see Tests/Guides/run.

In a guide's Markdown the word behind ``` says what a block is:

    sh                  commands that are run here, each of which must succeed
    sh fails            the same, but each ends with 1
    sh check TEST…      commands for another machine than this one: their programs and options must exist, and each is run by a TEST,
                        which takes it from the guide (Tests/Guides/commands) or has its words
    conf kiosk.conf     options that `qrpin-kiosk --check` must take
    conf lifecycle.conf lines of which each is a choice of OPTIONS
    csv NAME, yaml NAME a file that commands use

and a comment `<!-- test: sign-in -->` has ada@example.test sign in at a kiosk, `<!-- test: enrolled -->` a kiosk enrol.
"""

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.argv[1])
PROGRAMS = ["qrpin", "qrpin-kiosk", "qrpin-lifecycle", "qrpin-scan"]
AS_SERVICE = "runuser -u qrpin-lifecycle -- "
SERVICE_FLAGS = "--service https://badges.example --client-id admin --key admin.key"
FILES = ("csv ", "yaml ")
failures = []


def fail(where, what):
    failures.append(f"{where}: {what}")


def say_failures(since):
    for failure in failures[since:]:
        print(f"FAIL {failure}", flush=True)


# --- what a guide says


def parts(path):
    """The blocks and directives of a guide in order, as (line, kind, text), and its text without blocks."""
    found, prose, kind, block = [], [], None, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if kind is None and (opening := re.match(r"```(.*)", line)):
            kind, block, begin = opening[1].strip(), [], number + 1
        elif kind is not None and line == "```":
            found.append((begin, kind, "\n".join(block)))
            kind = None
        elif kind is not None:
            block.append(line)
        else:
            prose.append((number, line))
            if directive := re.match(r"<!-- test: (.*) -->", line):
                found.append((number, "test", directive[1]))
    return found, prose


def commands(block):
    """The lines of a block, without those of comments."""
    return [line for line in block.splitlines() if line.strip() and not line.startswith("#")]


# --- what there is


@functools.cache
def program(name):
    return json.loads(subprocess.run([BIN / name, "--experimental-dump-help"], check=True, capture_output=True).stdout)["command"]


def options(command):
    return {f"--{name['name']}": argument for argument in command.get("arguments", []) for name in argument.get("names", [])
            if name["kind"] == "long"}


def leaves(command):
    below = command.get("subcommands", [])
    return [leaf for child in below for leaf in leaves(child)] + [command]


ANY_OPTION = {}


@functools.cache
def helps(name, verb):
    """What another's program says of its options."""
    if name == "chromium":
        # It has no such text; its switches stand in it.
        return next(Path("/usr/lib/chromium").glob("chromium")).read_bytes().decode("latin-1")
    said = ""
    for arguments in (["--help"], [verb, "--help"], ["--help", "all"], ["--help-all"]):
        if all(arguments):
            said += subprocess.run([name, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60).stdout
    return said


def check_ours(where, words, is_whole):
    """`words`: one of our programs and what it is given. `is_whole`: a command as it is typed, not a mention of one."""
    command, words = program(words[0]), list(words[1:])
    while words and command.get("subcommands"):
        child = next((child for child in command["subcommands"] if child["commandName"] == words[0]), None)
        if child is None:
            break
        command, words = child, words[1:]
    below = [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
    if below and words and words[0] not in ("--help", "…"):
        if not words[0].startswith("--"):
            return fail(where, f"{command['commandName']} has no command {words[0]}")
        # `list` is what `qrpin kiosks` does; the programs do not tell which command is the usual one.
        command = next((child for child in below if child["commandName"] == "list"), command)
    known = options(command)
    given = set()
    while words:
        word = words.pop(0)
        if word == "--":
            break
        if not word.startswith("--") or word == "--help":
            continue
        name, equals, value = word.partition("=")
        if name not in known:
            fail(where, f"{command['commandName']} has no option {name}")
            continue
        given.add(name)
        if known[name]["kind"] == "option" and not equals:
            if not words and is_whole:
                fail(where, f"{name} of {command['commandName']} lacks its value")
            value = words.pop(0) if words and not words[0].startswith("--") else None
        values = known[name].get("allValues")
        if values and value is not None and value.strip("…") and value.isidentifier() and value.islower() and value not in values:
            fail(where, f"{name} of {command['commandName']} is one of {', '.join(values)}, not {value}")
    if is_whole:
        for name, argument in known.items():
            if not argument["isOptional"] and not {f"--{n['name']}" for n in argument["names"]} & given:
                fail(where, f"{command['commandName']} lacks {name}")


def check_others(where, words):
    name = words[0]
    if "/" in name:
        script = Path(name)
        if not (script.is_file() and os.access(script, os.X_OK)):
            return fail(where, f"there is no {name}")
        said = script.read_text()
    else:
        if shutil.which(name) is None:
            return fail(where, f"there is no program {name}")
        said = None
    for word in words[1:]:
        if word.startswith("--") and word != "--" and word != "--help":
            option = word.partition("=")[0]
            text = said if said is not None else helps(name, next((w for w in words[1:] if not w.startswith("-")), ""))
            if (option[2:] if name == "chromium" else option) not in text:
                fail(where, f"{name} has no option {option}")


def simple_commands(line, is_whole=True):
    """The words of each command of a line, without where its input comes from and its output goes."""
    lexer = shlex.shlex(line.replace("$admin", SERVICE_FLAGS), posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, "#" if is_whole else ""
    found, command, is_file = [], [], False
    for token in [*lexer, ";"]:
        if set(token) <= set("();<>|&"):
            is_file = bool(set(token) & set("<>"))
            if not is_file and command:
                found.append(bare(command))
                command = []
        elif is_file:
            is_file = False
        else:
            command.append(token)
    return [words for words in found if words]


def bare(words):
    """Without who runs it, and in which environment."""
    if words[:2] == ["runuser", "-u"]:
        words = words[words.index("--") + 1:]
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    return words


def check_command(where, line, is_whole=True):
    for words in simple_commands(line, is_whole):
        if words[0] in PROGRAMS:
            check_ours(where, words, is_whole)
        elif is_whole:
            check_others(where, words)


def check_run_elsewhere(where, guide, tests, line):
    """A command that is not run here is run by one of the tests that its block names."""
    if not tests:
        return fail(where, "no test is named that runs this; write ```sh check Tests/…")
    for test in tests:
        if not Path(test).is_file():
            return fail(where, f"there is no test {test}")
    texts = [Path(test).read_text() for test in tests]
    for words in simple_commands(line.replace(SERVICE_FLAGS, "")):
        if not any("Guides/commands" in text and guide in text or has_words(text, words) for text in texts):
            fail(where, f"`{' '.join(words)}` is not run by {' or '.join(tests)}")


def has_words(text, words):
    """Whether a test's text has what makes a command, near the program's name: subcommands, units and options, but no values."""
    name, is_value, wanted = Path(words[0]).name, False, []
    for word in words[1:]:
        if word.startswith("--"):
            wanted.append(word.partition("=")[0])
        elif not is_value and re.fullmatch(r"[a-z][a-z-]*", word):
            wanted.append(word)
        is_value = word.startswith("--") and "=" not in word and word not in ("--now", "--dynamic")
    places = [match.start() for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]
    return any(all(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text[max(place - 400, 0):place + 400]) for word in wanted)
               for place in places)


def check_mentions(path, prose):
    """What stands in the text between backquotes, and links."""
    for number, line in prose:
        where = f"{path}:{number}"
        for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", line):
            words = span.split()
            if words[0] in PROGRAMS:
                check_command(where, span.replace("'", ""), is_whole=False)
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", span):
                if option not in ANY_OPTION and words[0] not in ("v4l2-ctl", "apt-get") and not words[0].startswith("systemd"):
                    fail(where, f"nothing has an option {option}")
            if re.match(r"(deploy|Tests|udev|Sources)/[\w./-]+$", span) and not Path(span).exists():
                fail(where, f"there is no {span}")
        for target in re.findall(r"\]\(([^)]+)\)", line):
            file, _, anchor = target.partition("#")
            linked = (path.parent / file) if file else path
            if not linked.exists():
                fail(where, f"the link leads nowhere: {target}")
            elif anchor and anchor not in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
                                           for heading in re.findall(r"^#+ (.*)$", linked.read_text(), re.M)}:
                fail(where, f"the link's heading is not there: {target}")


# --- a machine to run them on


class Machine:
    """A directory that stands for a machine's: the service's state and database, /etc and /root are in it."""

    def __init__(self, directory):
        self.root, self.service, self.port = Path(directory), None, 0
        for name in ("etc/credstore", "etc/qrpin", "var/lib/qrpin-lifecycle", "root", "home"):
            (self.root / name).mkdir(parents=True, mode=0o700)
        self.home, self.state = self.root / "home", self.root / "var/lib/qrpin-lifecycle"
        self.words, self.variables, self.pin = {}, {}, None
        self.start()

    def start(self):
        ready = self.root / "ready"
        ready.unlink(missing_ok=True)
        with (self.root / "service.log").open("a") as log:
            self.service = subprocess.Popen(
                [BIN / "qrpin-lifecycle", "serve", "--database", self.state / "lifecycle.sqlite", "--state-directory", self.state,
                 "--port", str(self.port), "--ready-file", ready], stdout=log, stderr=log)
        for _ in range(2400):
            if ready.exists() and ready.read_text():
                break
            assert self.service.poll() is None, "the service ended:\n" + (self.root / "service.log").read_text()[-2000:]
            time.sleep(0.05)
        self.url = ready.read_text().strip()
        self.port = int(self.url.rpartition(":")[2])

    def stop(self):
        self.service.terminate()
        assert self.service.wait(60) == 0, "the service did not end well"

    def systemctl(self, verb):
        if verb in ("stop", "restart"):
            self.stop()
        if verb in ("start", "restart"):
            self.start()

    def here(self, line):
        """The line as it is on this machine."""
        line = line.replace(AS_SERVICE, "").replace("https://badges.example", self.url)
        line = re.sub(r"(?<![\w.])/(?=(etc|root|var/lib)/)", f"{self.root}/", line)
        line = line.replace("-o qrpin-lifecycle -g qrpin-lifecycle", f"-o {os.getuid()} -g {os.getgid()}")
        line = line.replace("qrpin-lifecycle:qrpin-lifecycle", f"{os.getuid()}:{os.getgid()}")
        for word, value in self.words.items():
            line = re.sub(rf"\b{word}\b", value, line)
        return line

    def run(self, where, line, wanted=0):
        if systemctl := re.fullmatch(r"systemctl (stop|start|restart) qrpin-lifecycle", line):
            return self.systemctl(systemctl[1])
        if assignment := re.fullmatch(r'(\w+)="(.*)"', line):
            self.variables[assignment[1]] = self.here(assignment[2])
            return
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(line)], cwd=self.home, text=True, capture_output=True, timeout=300,
            env={**os.environ, **self.variables, "PATH": f"{BIN}:{os.environ['PATH']}"}, stdin=subprocess.DEVNULL)
        if result.returncode != wanted:
            fail(where, f"`{line}` ended with {result.returncode}\n{result.stdout}{result.stderr}")
        self.learn(line.replace(AS_SERVICE, ""), result.stdout)

    def learn(self, line, said):
        """Words of the guides that stand for what an earlier command printed."""
        if line.startswith("qrpin keygen"):
            self.words["KEY"] = said.split()[-1]
        elif line.startswith("qrpin kiosks enrolment-code"):
            self.words["CODE"] = said.split()[0]
        elif line.startswith("qrpin enrol"):
            self.words["KIOSK-ID"] = re.search(r"^kiosk (\S+)", said, re.M)[1]

    def sign_in(self):
        if self.pin is None:
            self.run("sign-in", "qrpin keygen --out kiosk.key")
            self.run("sign-in", f"qrpin-lifecycle client add kiosk-1 --public-key=KEY --role Kiosk.SignIn --database {self.state}/lifecycle.sqlite")
            self.run("sign-in", f"qrpin issue ada@example.test {SERVICE_FLAGS} --out badge >pin")
        self.run("sign-in", f"qrpin loopback --kiosk {BIN}/qrpin-kiosk --scanner {BIN}/qrpin-scan --badge badge/payload.txt --pin-file pin "
                 "--new-pin 35387687 -- --service https://badges.example --client-id kiosk-1 --key kiosk.key --outbox outbox.sqlite --once 1")
        self.pin = "35387687"
        (self.home / "pin").write_text(f"PIN {self.pin}\n")

    def enrol(self):
        """A kiosk with its key and its state, as it stands on its own machine."""
        self.run("enrolled", f'qrpin kiosks enrolment-code "Gate 1" {SERVICE_FLAGS}')
        self.run("enrolled", "qrpin enrol --service https://badges.example --code CODE --key /etc/credstore/qrpin-kiosk.key")
        (self.root / "var/lib/qrpin-kiosk").mkdir()

    def check_kiosk_options(self, where, block):
        given = {line.partition("=")[0].strip() for line in block.splitlines()}
        usual = {"service": "https://badges.example", "client-id": "kiosk-1"}
        lines = [f"{key} = {value}" for key, value in usual.items() if key not in given]
        (self.home / "kiosk.conf").write_text("\n".join([*lines, block, ""]))
        (self.home / "checked.key").unlink(missing_ok=True)
        self.run(where, "qrpin keygen --out checked.key")
        self.run(where, "qrpin-kiosk --check --config kiosk.conf --key checked.key --outbox checked.sqlite")


def play(path, found):
    print(f"-- {path}")
    with tempfile.TemporaryDirectory(prefix="qrpin-guide.") as directory:
        machine, before = Machine(directory), len(failures)
        try:
            if path.name != "install.md":
                for _, kind, text in parts(path.parent / "install.md")[0]:
                    do("install.md", machine, kind, text)
                assert len(failures) == before, failures[before:]
            for number, kind, text in found:
                before = len(failures)
                do(f"{path}:{number}", machine, kind, text)
                say_failures(before)
                if len(failures) == before and kind in ("sh", "sh fails", "conf kiosk.conf"):
                    print(f"ok   {path}:{number}  {commands(text)[0]}")
        finally:
            machine.service.kill()
            machine.service.wait()


def do(where, machine, kind, text):
    if kind in ("sh", "sh fails"):
        for line in commands(text):
            machine.run(where, line, wanted=1 if kind == "sh fails" else 0)
    elif kind.startswith(FILES):
        (machine.home / kind.split()[1]).write_text(text + "\n")
    elif kind == "conf kiosk.conf":
        machine.check_kiosk_options(where, text)
    elif kind == "test":
        {"sign-in": machine.sign_in, "enrolled": machine.enrol}[text]()


WRONG = [
    "qrpin isue ada@example.test $admin --out ada",
    "qrpin issue ada@example.test $admin --outt ada",
    "qrpin issue ada@example.test --service https://badges.example",
    "qrpin expiring $admin --days",
    "qrpin-kiosk --service URL --client-id ID --key FILE --outbox FILE --keypad-format morse",
    "tar --create --fiile x",
    "no-such-program",
    "deploy/no-such-script",
    "true | no-such-program >x",
    "runuser -u qrpin-lifecycle -- qrpin-lifecycle user remove",
]


def see_what_is_wrong():
    """These checks can fail."""
    for line in WRONG:
        check_command("a wrong command", line)
        assert failures, f"`{line}` passes"
        failures.clear()
    for tests, line in [([], "true"), (["Tests/no-such-test"], "true"), (["Tests/Guides/run"], "qrpin tap write"), (["Tests/PCSC/tap.py"], "qrpin tap erase")]:
        check_run_elsewhere("a command that no test runs", "no-such-guide.md", tests, line)
        assert failures, f"`{line}` of {tests} passes"
        failures.clear()
    print(f"ok   {len(WRONG)} wrong commands are found, and those that no test runs")


def main():
    for name in PROGRAMS:
        for leaf in leaves(program(name)):
            ANY_OPTION.update(options(leaf))
    see_what_is_wrong()
    for script in [*Path("deploy").iterdir(), *Path("Tests").glob("*/run"), Path("Tests/Benchmarks/decoders")]:
        if script.is_file() and os.access(script, os.X_OK):
            ANY_OPTION.update(dict.fromkeys(re.findall(r"--[a-z][a-z-]*[a-z]", script.read_text())))
    guides = sorted(Path("deploy/guides").glob("*.md"))
    assert len(guides) >= 10, guides
    ran = 0
    for path in [Path("README.md"), *guides]:
        found, prose = parts(path)
        before = len(failures)
        for number, kind, text in found:
            if kind in ("sh", "sh fails") or kind.split()[:2] == ["sh", "check"]:
                for line in commands(text):
                    check_command(f"{path}:{number}", line)
                    if kind.startswith("sh check"):
                        check_run_elsewhere(f"{path}:{number}", path.name, kind.split()[2:], line)
            elif kind == "conf lifecycle.conf":
                for line in commands(text):
                    check_ours(f"{path}:{number}", ["qrpin-lifecycle", "serve", "--state-directory", "x", *shlex.split(shlex.split(line)[0].partition("=")[2])], True)
            elif kind not in ("", "test", "conf kiosk.conf") and not kind.startswith(FILES):
                fail(f"{path}:{number}", f"a block of an unknown kind: {kind}")
        check_mentions(path, prose)
        say_failures(before)
        if path.parent != Path("."):
            runs = [part for part in found if part[1] in ("sh", "sh fails", "conf kiosk.conf")]
            ran += len(runs)
            if runs:
                play(path, found)
    assert ran >= 25, ran
    print(f"{len(failures)} failed" if failures else f"ok   {ran} blocks of {len(guides)} guides")
    sys.exit(bool(failures))


main()
