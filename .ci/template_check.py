"""Checks what no linter knows: template.yaml's own promises, and that the documents tell the truth.

Reads template.yaml, the table in docs/settings.md, the alarms and metrics in docs/operations.md, the
time limits, metrics and calls of DynamoDB in shared/; prints every difference; exits 1 on any.
"""

import json
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
WORK = ROOT / "shared/src/delivery/work.rs"
METRICS = ROOT / "shared/src/telemetry/metrics.rs"
NAMESPACE = "BrazeZendeskBridge"
# A time limit in milliseconds.
LIMIT = re.compile(r"^const (\w+): i64 = ([\d_]+);", re.M)
CALL = re.compile(r"\.((?:get|put|update|delete)_item|query|scan|batch_\w+|transact_\w+)\(\)")


def main() -> int:
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader=CloudFormation)
    documented = (ROOT / "docs/settings.md").read_text()
    operations = (ROOT / "docs/operations.md").read_text()
    problems = [
        *timing(template),
        *alarms(template, operations),
        *metrics(template, operations),
        *unused_parameters(template),
        *settings(template, documented),
        *permissions(template),
        *versions(template),
        *roll_backs(template),
        *routes(template),
    ]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def timing(template):
    """Function before API before Zendesk; a redelivery run before the next one; the library's own
    limits within the function's, and a lease beyond it."""
    limits = {name: int(value.replace("_", "")) for name, value in LIMIT.findall(WORK.read_text())}
    reserve = limits["SETTLE_RESERVE"]
    if not reserve < limits["RUN_RESERVE"] or limits["CALL_LIMIT"] + reserve > limits["LEASE"]:
        yield "a call must end before its lease, and work before a run's end"
    for name, function, timeout in functions(template):
        for event in (e["Properties"] for e in function["Events"].values()):
            if "TimeoutInMillis" in event:
                if not timeout < event["TimeoutInMillis"] < ZENDESK_GIVES_UP_MS:
                    yield f"{name}: function, API and Zendesk must give up in this order"
                if limits["REQUEST_BUDGET"] + reserve > timeout:
                    yield f"{name}: its time-out leaves no time to settle what a request began"
                if timeout + reserve > limits["LEASE"]:
                    yield f"{name}: its lease would end before it does"
            elif event["Schedule"] != "rate(1 minute)" or timeout >= 60_000:
                yield f"{name}: a run must end before the next one, a minute later"
        warned = near_timeout(template, name)
        if warned != [timeout - reserve]:
            yield f"{name}: alarms at durations of {warned} ms, expected at {timeout - reserve}"


def near_timeout(template, function):
    """Thresholds of the alarms on a function's duration."""
    return [
        alarm["Threshold"]
        for alarm in alarms_of(template).values()
        if "Duration" in set(values_of(alarm, "MetricName")) and function in set(references(alarm))
    ]


def alarms(template, operations):
    """Each alarm is explained, and nothing else is."""
    cells = re.findall(r"^\| (.*?) \|", section(operations, "Alarms"), re.M)
    told = set(re.findall(r"`(\w+)`", " ".join(cell.split(":")[-1] for cell in cells)))
    for name in alarms_of(template).keys() ^ told:
        yield f"docs/operations.md and the template differ about the alarm {name}"


def metrics(template, operations):
    """Alarms and dashboard show metrics that are written; each that is written is explained."""
    written = set(re.findall(r'Self::\w+ => "(\w+)"', METRICS.read_text()))
    written -= {"Milliseconds", "Seconds"}
    told = set(re.findall(r"^\| `(\w+)` \|", section(operations, "Metrics"), re.M))
    for name in written ^ told:
        yield f"docs/operations.md and the library differ about the metric {name}"
    shown = {name for space, name in metrics_of(template) if space == NAMESPACE}
    for name in shown - written:
        yield f"the template shows the metric {name}, which nothing writes"
    for name in written - shown:
        yield f"neither an alarm nor the dashboard shows the metric {name}"


def metrics_of(template):
    """Namespace and name of every metric in alarms and on the dashboard."""
    for alarm in alarms_of(template).values():
        for name in values_of(alarm, "MetricName"):
            yield next(values_of(alarm, "Namespace")), name
    for widget in json.loads(template["Resources"]["Dashboard"]["Properties"]["DashboardBody"].argument)["widgets"]:
        previous = []
        for row in widget["properties"].get("metrics", []):
            if isinstance(row[0], dict):
                continue  # an expression of other rows
            if row[0] != "...":
                previous = [old if new == "." else new for new, old in zip(row, previous + row[len(previous):])]
            yield previous[0], previous[1]


def alarms_of(template):
    resources = template["Resources"].items()
    return {n: r["Properties"] for n, r in resources if r["Type"] == "AWS::CloudWatch::Alarm"}


def section(text, title):
    """The section of a document, without the title."""
    return re.split(r"^## ", text.split(f"\n## {title}\n", 1)[-1], maxsplit=1, flags=re.M)[0]


def unused_parameters(template):
    used = set(references({k: v for k, v in template.items() if k != "Metadata"}))
    for parameter in template["Parameters"]:
        if parameter not in used:
            yield f"parameter {parameter} has no effect"


def settings(template, page):
    """One row for each parameter, with the variable it sets and its default."""
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)? ?\| .* \| (?:`(.*)`|(\w+)) \|$", page, re.M)
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
            yield f"docs/settings.md, row of {name}: {documented.get(name)}, template: {expected}"
    for name in documented.keys() - template["Parameters"].keys():
        yield f"docs/settings.md names the parameter {name}, which the template does not have"
    for variable in variables.keys() | NOT_DEPLOYED:
        if f"`{variable}`" not in page:
            yield f"docs/settings.md does not name {variable}"


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


def versions(template):
    """What a function's version holds by parameters is in `Settings`, whose change publishes a version."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    content = template["Resources"]["Settings"]["Properties"]["Content"].argument[1]
    kept = {name: plain(value) for name, value in (line.argument[1] for line in content)}
    expected = {name: plain(value) for name, value in variables.items()}
    expected |= {name: plain(Call("Ref", name)) for name in ("Architecture", "MemorySize", "XRayTracing")}
    for name in kept.keys() ^ expected.keys():
        yield f"the functions' variables and the resource Settings differ about {name}"
    for name in kept.keys() & expected.keys():
        if kept[name] != expected[name]:
            yield f"{name} has another value in the resource Settings than in the functions' variables"
    for name, properties, _ in aliased(template):
        if plain(properties["VersionDescription"]) != ["Sub", "Settings ${Settings}"]:
            yield f"{name}: a changed setting would publish no version of it"


def plain(node):
    """Comparable; a variable that is left out is empty in the document of settings."""
    if isinstance(node, Call):
        return "" if node.argument == "AWS::NoValue" else [node.name, plain(node.argument)]
    return [plain(value) for value in node] if isinstance(node, list) else node


def roll_backs(template):
    """Only failures of the version being rolled out, which no stranger can cause, roll it back."""
    for name, properties, _ in aliased(template):
        for alarm in (call.argument for call in properties["DeploymentPreference"]["Alarms"]):
            found = alarms_of(template)[alarm]
            shown = {(metric["MetricName"], metric["Dimensions"][-1]["Name"]) for metric in values_of(found, "Metric")}
            if shown != {("Errors", "ExecutedVersion"), ("Panics", "FunctionVersion")}:
                yield f"{alarm}, which rolls {name} back, looks at {sorted(shown)}"
            versions = {call.argument for call in values_of(found, "Value") if call.name == "GetAtt"}
            if versions != {f"{name}.Version.Version"}:
                yield f"{alarm} looks at another version than the one of {name} being rolled out"


def aliased(template):
    return (entry for entry in functions(template) if "AutoPublishAlias" in entry[1])


def routes(template):
    """A limit on a route that is not there makes the deployment fail."""
    there = {
        f"{event['Method']} {event['Path']}"
        for _, properties, _ in functions(template)
        for event in values_of(properties["Events"], "Properties")
        if "Path" in event
    }
    for route in template["Resources"]["Api"]["Properties"]["RouteSettings"].keys() - there:
        yield f"RouteSettings name {route}, which no function has"


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
    """Name, properties and time-out in milliseconds of each function."""
    default = template["Globals"]["Function"]["Timeout"]
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            yield name, properties, properties.get("Timeout", default) * 1000


def values_of(node, key):
    """Every value of this key anywhere below `node`."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(value, key)


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
