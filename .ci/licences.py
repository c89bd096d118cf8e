"""Checks licences and sources of every crate in Cargo.lock's graph against deny.toml.

What `cargo deny check licenses sources` does, where that tool is not installed: reads
`cargo metadata`, prints every difference, exits 1 on any.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def main() -> int:
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    packages = json.loads(output)["packages"]
    allowed = allow_list((ROOT / "deny.toml").read_text())
    used, problems = set(), []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if package["source"] not in (None, REGISTRY):
            problems.append(f"{name} comes from neither the registry nor this repository")
        expression = package["license"] or ""
        if not satisfied(expression, allowed, used):
            problems.append(f"{name}: licence {expression or 'not told'} is not allowed")
    problems += [f"deny.toml allows {name}, which no crate needs" for name in sorted(allowed - used)]
    for problem in problems:
        print(problem)
    print(f"{len(packages)} crates, licences used: {', '.join(sorted(used))}")
    return 1 if problems else 0


def allow_list(text):
    return set(re.findall(r'"([^"]+)"', re.search(r"^allow = \[(.*?)\]", text, re.S | re.M)[1]))


def satisfied(expression, allowed, used):
    """Whether an SPDX expression can be met by allowed licences; notes which it met."""
    tokens = re.findall(r"[()]|[^\s()/]+|/", expression)

    def either():
        result = both()
        while tokens and tokens[0] in ("OR", "/"):
            tokens.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        if not tokens:
            return False
        token = tokens.pop(0)
        if token == "(":
            result = either()
            if tokens:
                tokens.pop(0)
            return result
        if tokens and tokens[0] == "WITH":
            token = f"{token} WITH {tokens[1]}"
            del tokens[:2]
        if token in allowed:
            used.add(token)
        return token in allowed

    return either() and not tokens


if __name__ == "__main__":
    sys.exit(main())
