"""The template of a release: `python3 .ci/release_template.py PROCESSOR <template.yaml`.

Points each function to its folder in the archive, `functions/PROCESSOR/NAME`, takes out how it is built, and leaves
no choice of processor. Comments stay.
"""

import re
import sys

BUILT = re.compile(
    r"    Metadata:\n      BuildMethod: rust-cargolambda\n      BuildProperties:\n        Binary: ([a-z-]+)\n"
)
ARCHITECTURE = "    Default: arm64\n    AllowedValues: [arm64, x86_64]\n"
FUNCTIONS = 4


def main() -> None:
    [processor] = sys.argv[1:]
    text = sys.stdin.read()
    names = BUILT.findall(text)
    text = BUILT.sub("    Metadata:\n", text)
    for name in names:
        text = once(text, f"CodeUri: functions/{name}/\n", f"CodeUri: functions/{processor}/{name}/\n")
    if len(names) != FUNCTIONS or "BuildMethod" in text:
        raise SystemExit(f"{len(names)} functions found, {FUNCTIONS} expected")
    print(once(text, ARCHITECTURE, f"    Default: {processor}\n    AllowedValues: [{processor}]\n"), end="")


def once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise SystemExit(f"not exactly once in the template: {old!r}")
    return text.replace(old, new)


if __name__ == "__main__":
    main()
