"""Checks a bill of materials against the crates that `cargo tree` prints to standard input.

Each crate is in it, with version, package URL, licence and, where it comes from the registry, its
checksum as in Cargo.lock. Prints every difference, exits 1 on any.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Crates of this workspace.
OURS = {"local", "shared", "simulators", "workspace-hack"}
CHECKSUM = re.compile(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"')


def main(function, path) -> int:
    bill = json.loads(pathlib.Path(path).read_text())
    lock = CHECKSUM.findall((ROOT / "Cargo.lock").read_text())
    problems = list(differences(bill, function, linked(), {(n, v): c for n, v, c in lock}))
    for problem in problems:
        print(f"{path}: {problem}")
    print(f"{path}: {len(bill['components'])} crates")
    return 1 if problems else 0


def linked():
    """Names and versions; a line is `name vVERSION (path or proc-macro)`."""
    lines = (line.split() for line in sys.stdin if line.strip())
    return {(line[0], line[1].removeprefix("v")) for line in lines}


def differences(bill, function, linked, checksums):
    if (bill["bomFormat"], bill["specVersion"]) != ("CycloneDX", "1.5"):
        yield "is not CycloneDX 1.5"
    if bill["metadata"]["component"]["name"] != function:
        yield f"describes {bill['metadata']['component']['name']}"
    if "/home/" in json.dumps(bill) or str(ROOT) in json.dumps(bill):
        yield "names a directory of the machine it was made on"
    named = {(c["name"], c["version"]): c for c in bill["components"]}
    itself = {crate for crate in linked if crate[0] == function}
    if len(linked) < 50:
        yield f"cargo tree names {len(linked)} crates only"
    for name, version in sorted(linked - itself - named.keys()):
        yield f"{name} {version} is missing"
    for (name, version), component in sorted(named.items()):
        if not component.get("purl", "").startswith(f"pkg:cargo/{name}@{version}"):
            yield f"{name} {version} has no package URL"
        if not component.get("licenses"):
            yield f"{name} {version} has no licence"
        if (name, version) not in checksums:
            if name not in OURS:
                yield f"{name} {version} is not in Cargo.lock"
        elif {"alg": "SHA-256", "content": checksums[name, version]} not in component["hashes"]:
            yield f"{name} {version} has not the checksum of Cargo.lock"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
