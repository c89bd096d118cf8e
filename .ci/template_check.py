"""Checks what no linter knows: template.yaml's own promises, and that the README tells the truth.

Reads template.yaml, the README's table of settings and the store's calls of DynamoDB; prints every
difference; exits 1 on any.
"""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ZENDESK_GIVES_UP_MS = 12_000
# Only for machines of one's own: a file beside the executable, which the template does not ship.
NOT_DEPLOYED = {"EXTRA_CA_FILE", "MEDIA_ALLOW_LOOPBACK"}
# Resources the template names itself; no parameter gives them.
OWN_RESOURCES = {"TABLE_NAME", "SECRET_ID"}
# The one room that calls DynamoDB, and how a call looks there.
STORE = ROOT / "shared/src/conversation/store"
CALL = re.compile(r"\.((?:get|put|update|delete)_item|query|scan|batch_\w+|transact_\w+)\(\)")


def main() -> int:
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader=CloudFormation)
    readme = (ROOT / "README.md").read_text()
    problems = [
        *timing(template),
        *unused_parameters(template),
        *settings(template, readme),
        *permissions(template),
    ]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def timing(template):
    """Function before API before Zendesk; a redelivery run before the next one."""
    default = template["Globals"]["Function"]["Timeout"]
    for name, function in functions(template):
        seconds = function.get("Timeout", default)
        for event in (e["Properties"] for e in function["Events"].values()):
            if "TimeoutInMillis" in event:
                if not seconds * 1000 < event["TimeoutInMillis"] < ZENDESK_GIVES_UP_MS:
                    yield f"{name}: function, API and Zendesk must give up in this order"
            elif event["Schedule"] != "rate(1 minute)" or seconds >= 60:
                yield f"{name}: a run must end before the next one, a minute later"


def unused_parameters(template):
    used = set(references({k: v for k, v in template.items() if k != "Metadata"}))
    for parameter in template["Parameters"]:
        if parameter not in used:
            yield f"parameter {parameter} has no effect"


def settings(template, readme):
    """One row for each parameter, with the variable it sets and its default."""
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)? ?\| .* \| (?:`(.*)`|(\w+)) \|$", readme, re.M)
    documented = {name: (variable or None, code or word) for name, variable, code, word in rows}
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    set_by = {
        parameter: variable
        for variable, value in variables.items()
        if variable not in OWN_RESOURCES
        for parameter in references(value)
        if parameter in template["Parameters"]
    }
    for name, parameter in template["Parameters"].items():
        default = str(parameter.get("Default", "required")) or "empty"
        expected = (set_by.get(name), default)
        if documented.get(name) != expected:
            yield f"README row of {name}: {documented.get(name)}, template: {expected}"
    for name in documented.keys() - template["Parameters"].keys():
        yield f"README names the parameter {name}, which the template does not have"
    for variable in variables.keys() | NOT_DEPLOYED:
        if f"`{variable}`" not in readme:
            yield f"README does not name {variable}"


def permissions(template):
    """The roles allow every DynamoDB operation the store calls, and no other."""
    allowed = {action for action in actions(template["Resources"]) if action.startswith("dynamodb:")}
    sources = (f for f in sorted(STORE.rglob("*.rs")) if "tests" not in f.relative_to(STORE).as_posix())
    called = {
        "dynamodb:" + operation.title().replace("_", "")
        for source in sources
        for operation in CALL.findall(source.read_text())
    }
    for action in called - allowed:
        yield f"the store calls {action}, which no role allows"
    for action in allowed - called:
        yield f"a role allows {action}, which the store does not call"


def actions(node):
    """Every action of every policy statement below `node`."""
    if isinstance(node, Call):
        yield from actions(node.argument)
    elif isinstance(node, list):
        for value in node:
            yield from actions(value)
    elif isinstance(node, dict):
        action = node.get("Action", [])
        yield from [action] if isinstance(action, str) else action
        for value in node.values():
            yield from actions(value)


def functions(template):
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            yield name, resource["Properties"]


def references(node):
    """Names that a `!Ref`, or an `!If` on a condition, anywhere below `node` points to."""
    if isinstance(node, Call):
        if node.name == "Ref":
            yield node.argument
        yield from references(node.argument)
    elif isinstance(node, dict):
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


class Call:
    """A CloudFormation function, `!Name argument`."""

    def __init__(self, name, argument):
        self.name = name
        self.argument = argument


class CloudFormation(yaml.SafeLoader):
    """YAML with CloudFormation's short function names."""

    def call(self, name, node):
        if isinstance(node, yaml.ScalarNode):
            return Call(name, self.construct_scalar(node))
        if isinstance(node, yaml.SequenceNode):
            return Call(name, self.construct_sequence(node, deep=True))
        return Call(name, self.construct_mapping(node, deep=True))


CloudFormation.add_multi_constructor("!", CloudFormation.call)

if __name__ == "__main__":
    sys.exit(main())
