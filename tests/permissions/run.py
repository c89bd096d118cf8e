"""Least privilege, proved: each function works under the policies template.yaml gives it, and stops
working without any one of their actions, or where a statement names another resource or other items.

    python tests/permissions/run.py DIRECTORY   (of the four executables, as `cargo build` leaves them)

moto's server (DynamoDB, Secrets Manager, IAM, STS) checks every call's signature, action and resource.
What moto knows nothing of is named in `NOT_CALLED`.
"""

import copy
import json
import logging
import os
import pathlib
import sys
import time

from aws import Aws
from flows import FLOWS, seed
from machine import Lambda, Vendors
from policies import ACCOUNT, REGION, functions

TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "template.yaml"
# Lambda itself writes the logs, with the function's role; no executable calls this.
NOT_CALLED = {"logs:CreateLogStream", "logs:PutLogEvents"}


def main() -> int:
    executables = pathlib.Path(sys.argv[1])
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # What SAM's transform and moto take for the stack's own.
    os.environ |= {"AWS_DEFAULT_REGION": REGION, "MOTO_ACCOUNT_ID": ACCOUNT}
    started = time.monotonic()
    vendors = Vendors()
    parameters = {"ZendeskBaseUrl": vendors.url, "BrazeBaseUrl": vendors.url, "BrazeReplyCampaignId": "reply",
                  "BrazeSolvedCampaignId": "solved"}
    aws = Aws(TEMPLATE)
    given = functions(TEMPLATE, parameters, aws.secret)
    prover = Prover(executables, given, aws, vendors)
    seed(prover, vendors)
    problems, runs = [], 0
    for name, function in given.items():
        found, tried = prove(prover, name, function)
        problems += found
        runs += tried
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print(f"{runs} runs of {len(given)} functions, {len(problems)} problems, {time.monotonic() - started:.0f} s")
    return 1 if problems else 0


def prove(prover, name, function):
    """As given: works, asks for all it may do and nothing else. Changed in any way: does not work."""
    problems = []
    failure, denied, asked = prover.run(name, function.statements)
    allowed = {action for statement in function.statements for action in listed(statement["Action"])}
    if failure or denied:
        problems.append(f"{name} does not work under its policies: {failure}, denied {sorted(denied)}")
    for action in sorted(allowed - asked - NOT_CALLED):
        problems.append(f"{name} may do {action}, and no flow needs it")
    mutations = list(mutated(function.statements))
    for what, action, statements in mutations:
        failure, denied, _ = prover.run(name, statements)
        if failure and denied == {action}:
            print(f"{name} without {what}: {failure}")
        else:
            problems.append(f"{name} without {what}: {failure or 'works'}, denied {sorted(denied)}")
    return problems, 1 + len(mutations)


def mutated(statements):
    """Every action taken away in turn, and every action's resource and items replaced by others."""
    for index, statement in enumerate(statements):
        for action in listed(statement["Action"]):
            if action in NOT_CALLED:
                continue
            rest = [other for other in listed(statement["Action"]) if other != action]
            without = copy.deepcopy(statements)
            without[index]["Action"] = rest or ["none:None"]
            yield action, action, without
            elsewhere = copy.deepcopy(without)
            elsewhere.append(statement | {"Action": [action], "Resource": neighbours(statement["Resource"])})
            yield f"{action} on its own resource", action, elsewhere
            if "ForAllValues:StringLike" in statement.get("Condition", {}):
                others = copy.deepcopy(without)
                keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["other#*"]}}
                others.append(statement | {"Action": [action], "Condition": keys})
                yield f"{action} of its own items", action, others


def neighbours(resources):
    """An index becomes its table, a table another one, a secret another one."""
    def neighbour(arn):
        table, index, _ = arn.partition("/index/")
        return table if index else arn.replace("table/", "table/Other").replace("secret:", "secret:Other")

    return [neighbour(arn) for arn in listed(resources)]


def listed(value):
    return value if isinstance(value, list) else [value]


class Prover:
    """Runs a function's flow under policies."""

    def __init__(self, executables, given, aws, vendors):
        self.executables = executables
        self.given = given
        self.aws = aws
        self.vendors = vendors
        self.items = []

    def start(self, name, credentials):
        environment = self.given[name].environment | credentials | self.aws.endpoints | {"AWS_REGION": REGION}
        return Lambda(self.executables / name, environment)

    def run(self, name, statements):
        """Why the flow failed, if it did; the actions denied; the actions asked for."""
        self.aws.restore(self.items)
        self.vendors.down = {}
        document = {"Version": "2012-10-17", "Statement": statements}
        credentials = self.aws.role(name, json.dumps(document))
        with self.start(name, credentials) as function, self.aws.enforcing() as calls:
            failure = FLOWS[name](function, self)
        return failure, calls.denied, calls.asked


if __name__ == "__main__":
    sys.exit(main())
