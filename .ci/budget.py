"""What the deployed functions may weigh, compared with `.ci/budget.json`.

    python3 .ci/budget.py crates FUNCTION...        crates, and crates in two versions
    python3 .ci/budget.py sizes ARCHITECTURE FILE...  bytes of the stripped executables

Prints every excess and exits 1 on any. `--update` as the last argument writes the figures as they
are now: crates exactly, sizes as the largest file.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUDGET = ROOT / ".ci/budget.json"
TARGETS = ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"]


def main() -> int:
    command, *arguments = sys.argv[1:]
    update = arguments[-1:] == ["--update"]
    arguments = arguments[:-1] if update else arguments
    budget = json.loads(BUDGET.read_text())
    check = {"crates": crates, "sizes": sizes}[command]
    problems = check(arguments, budget, update)
    if update:
        BUDGET.write_text(json.dumps(budget, indent=2) + "\n")
        return 0
    for problem in problems:
        print(problem)
    if problems:
        print(f"If that is meant: python3 .ci/budget.py {command} {' '.join(arguments)} --update")
    return 1 if problems else 0


def crates(functions, budget, update):
    problems, twice = [], set()
    for function in functions:
        names = set()
        for target in TARGETS:
            names |= tree(function, target)
        count = len(names)
        seen = [name for name, _ in names]
        twice |= {name for name in seen if seen.count(name) > 1}
        allowed = budget["crates"].get(function, 0)
        print(f"{function}: {count} crates, {allowed} allowed")
        if update:
            budget["crates"][function] = count
        elif count > allowed:
            problems.append(f"{function} has {count} crates, {allowed} are allowed")
    more = sorted(twice - set(budget["twice"]))
    if update:
        budget["twice"] = sorted(twice)
    elif more:
        problems.append(f"in two versions: {', '.join(more)}")
    return problems


def tree(function, target):
    command = ["cargo", "tree", "--locked", "--package", function, "--target", target]
    command += ["--edges", "normal", "--prefix", "none", "--format", "{p}"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {tuple(line.split()[:2]) for line in lines.splitlines() if line}


def sizes(arguments, budget, update):
    architecture, *files = arguments
    allowed = budget["bytes"].get(architecture, 0)
    problems = []
    for file in files:
        size = os.path.getsize(file)
        print(f"{file}: {size} bytes, {allowed} allowed")
        if size > allowed:
            problems.append(f"{file} has {size} bytes, {allowed} are allowed")
    if update:
        budget["bytes"][architecture] = max(os.path.getsize(file) for file in files)
    return problems


if __name__ == "__main__":
    sys.exit(main())
