"""Checks every shell command that the documents show: `python .ci/document_commands.py`, in the environment of
`.ci/requirements.txt`.

Each block is one that bash reads. Each command begins with a program that is checked: `aws` against the model that AWS's
own command line is made of (service, operation, options, required ones), `sam` against SAM's own parser, the repository's
scripts and files by being there, what a workflow runs as well against that, JSON by being JSON. `cargo` and `sms-bridge`
are left to tests (tests/tests/world/documents, infra/sms-bridge/tests), and so is what the sandbox's page is sent.
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys

import botocore.session
import click
from botocore import xform_name
from samcli.cli.main import cli as sam_cli

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Options of every `aws` command, and which of them take a value.
GLOBAL = {"region": True, "profile": True, "query": True, "output": True, "no-cli-pager": False}
# What AWS's command line adds to the model: words, and their options.
ADDED = {("sso", "login"): ["profile"], ("configure", "list"): ["profile"]}
# Options that AWS's command line calls otherwise than the model.
RENAMED = {("sns", "subscribe"): {"notification-endpoint": "endpoint"}}
# Checked by tests of their own.
TESTED = {"cargo", "sms-bridge", "./sms-bridge"}
# Of every Linux; what stands behind them is no interface of this repository.
STANDARD = {"umask", "rm", "tar", "cd", ".", "$EDITOR"}


class Wrong(Exception):
    pass


def main() -> int:
    problems, count = [], 0
    for page in pages():
        text = page.read_text()
        for number, command in commands(page, text, problems):
            count += 1
            try:
                check(command)
            except Wrong as wrong:
                problems.append(f"{page.relative_to(ROOT)}:{number}: {command.strip()[:120]}: {wrong}")
    print("\n".join(problems))
    print(f"{count} commands in the documents, {len(problems)} wrong")
    assert count > 100, "the documents' commands are not found any more"
    return 1 if problems else 0


def pages():
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "events/README.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def commands(page, text, problems):
    """Line number and text of each command: the lines of shell blocks, and what code in a sentence begins with aws or sam."""
    for block in re.finditer(r"^ *```(sh|bash|shell|console)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        number = text.count("\n", 0, block.start()) + 2
        read = subprocess.run(["bash", "-n"], input=block[2], capture_output=True, text=True)
        if read.returncode:
            problems.append(f"{page.relative_to(ROOT)}:{number}: bash cannot read this block: {read.stderr.strip()}")
            continue
        yield from lines(block[2], number)
    prose = re.sub(r"^ *```.*?^ *```", lambda m: "\n" * m[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    for code in re.finditer(r"`((?:aws|sam)\s[^`]+)`", prose):
        # docs/messages.md has the tool's own words, with braces for what it fills in.
        words = re.sub(r"\{\w*\}", "NAME", " ".join(code[1].split()))
        if words != "sam NAME":
            yield prose.count("\n", 0, code.start()) + 1, words


def lines(block, number):
    """The commands of a block, continued lines and quoted line breaks in one."""
    pending = ""
    for at, line in enumerate(block.splitlines(), number):
        pending += line
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:
            pending += "\n"
            continue
        if words:
            yield at, pending
        pending = ""
    assert not pending, f"a command does not end: {pending}"


def check(command):
    words = shlex.split(command, comments=True, posix=True)
    part = []
    for word in [*words, ";"]:
        if word in ("|", "&&", ";"):
            one(part)
            part = []
        else:
            part.append(word)


def one(words):
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    if not words:
        return
    program, rest = words[0], words[1:]
    known = {"aws": aws, "sam": sam, "bash": script, "python": script, "python3": script, "pip": pip, "rustup": rustup,
             "curl": curl, "gh": as_in_a_workflow, "sha256sum": as_in_a_workflow}
    if program in known:
        known[program](rest if known[program] is not as_in_a_workflow else words)
    elif program not in TESTED | STANDARD:
        raise Wrong(f"nothing checks commands that begin with {program}: see .ci/document_commands.py")


def options(words):
    """The names behind two dashes, and whether a value follows."""
    for word, following in zip(words, [*words[1:], "--"]):
        if word.startswith("--"):
            name, equals, _ = word[2:].partition("=")
            yield name, bool(equals) or not following.startswith("--")


session = botocore.session.Session()


def aws(words):
    words = words[: words.index(">")] if ">" in words else words
    if tuple(words[:2]) in ADDED:
        unknown = {name for name, _ in options(words)} - set(ADDED[tuple(words[:2])]) - set(GLOBAL)
        if unknown:
            raise Wrong(f"it takes no --{unknown.pop()}")
        return
    service, operation = words[0], words[1]
    if service not in session.get_available_services():
        raise Wrong(f"AWS has no service {service}")
    model = session.get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation == "wait":
        waiters = session.get_component("data_loader").load_service_model(service, "waiters-2")["waiters"]
        found = {xform_name(name, "-"): waiter["operation"] for name, waiter in waiters.items()}
        if words[2] not in found:
            raise Wrong(f"{service} has no waiter {words[2]}")
        name = found[words[2]]
    elif operation in names:
        name = names[operation]
    else:
        raise Wrong(f"{service} has no operation {operation}")
    takes(model.operation_model(name).input_shape, words[2:], RENAMED.get((service, operation), {}))


def takes(shape, words, renamed):
    members = {xform_name(name, "-"): (name, member) for name, member in (shape.members if shape else {}).items()}
    given = set()
    for name, has_value in options(words):
        name = renamed.get(name, name)
        positive = name.removeprefix("no-")
        if name in GLOBAL:
            wants = GLOBAL[name]
        elif name in members or (positive in members and members[positive][1].type_name == "boolean"):
            given.add(positive if name not in members else name)
            wants = members.get(name, members.get(positive))[1].type_name != "boolean"
        else:
            raise Wrong(f"it takes no --{name}")
        if wants != has_value:
            raise Wrong(f"--{name} {'wants a' if wants else 'takes no'} value")
    required = {name for name, (member, _) in members.items() if shape and member in shape.required_members}
    if required - given:
        raise Wrong(f"it wants --{sorted(required - given)[0]}")


def sam(words):
    # With an object of its own the context makes SAM load its commands.
    context, command = click.Context(sam_cli, obj=True), sam_cli
    while words and not words[0].startswith("-") and isinstance(command, click.MultiCommand):
        command = command.get_command(context, words[0])
        if command is None:
            raise Wrong(f"SAM has no command {words[0]}")
        words = words[1:]
    known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
    for name, _ in options(words):
        if f"--{name}" not in known:
            raise Wrong(f"it takes no --{name}")
    for at, word in enumerate(words):
        if word in ("--event", "--template-file") and not words[at + 1].startswith("template-"):
            there(words[at + 1])


def there(path):
    if not (ROOT / path).exists():
        raise Wrong(f"there is no {path}")


def script(words):
    if words[:2] == ["-m", "venv"]:
        return
    there(words[0])
    if words[0] == ".ci/run":
        listed = subprocess.run(["bash", ".ci/run", "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        parts = listed.splitlines()[0].removeprefix("parts: ").split()
        steps = [line.strip().rsplit(" (", 1)[0] for line in listed.splitlines()[1:]]
        for word in words[1:]:
            if word not in [*parts, *steps, *(step.replace(" ", "-") for step in steps), "list"]:
                raise Wrong(f".ci/run has no step or part {word}")


def pip(words):
    if words[:2] == ["install", "-r"]:
        there(words[2])
        return
    wanted = (ROOT / ".ci/requirements.txt").read_text()
    for word in words[1:]:
        if f"\n{word}==" not in wanted:
            raise Wrong(f"{word} is not in .ci/requirements.txt")


def rustup(words):
    if words[:2] != ["target", "add"] or words[2:] != ["aarch64-unknown-linux-gnu"]:
        raise Wrong("it adds another target than the functions' one")


def curl(words):
    for at, word in enumerate(words):
        if word == "-d":
            try:
                json.loads(words[at + 1])
            except ValueError as error:
                raise Wrong(f"its body is no JSON: {error}") from error


def as_in_a_workflow(words):
    """The same program, words and options stand in a workflow, where they run."""
    workflows = "\n".join(path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml"))
    plain = [word for word in words if re.fullmatch(r"--[a-z-]+|[a-z0-9]+", word)]
    runs = [line.split() for line in workflows.splitlines()]
    if not any(all(word in line for word in plain) for line in runs):
        raise Wrong("no workflow runs it with these words and options")


if __name__ == "__main__":
    sys.exit(main())
