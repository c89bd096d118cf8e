"""What template.yaml gives each function: its environment and its policies, after SAM's own transform.

In: the template's path and values of parameters. Out: `Function`s with everything resolved.
"""

import pathlib
from dataclasses import dataclass

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ACCOUNT = "123456789012"
REGION = "us-east-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "bridge",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass
class Function:
    environment: dict
    # Statements of all policies of its role.
    statements: list


def functions(template: pathlib.Path, parameters: dict, secret: str) -> dict[str, Function]:
    """By the executable's name; `secret` is the ARN that the stack's own secret got."""
    fragment = yaml_parse(template.read_text())
    binaries = {}
    for name, resource in fragment["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            binaries[name] = resource["Metadata"]["BuildProperties"]["Binary"]
            # What `sam package` writes there.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    values = {name: str(p.get("Default", "")) for name, p in fragment["Parameters"].items()}
    values |= parameters
    deployed = transform(fragment, values, NoManagedPolicies())
    stack = Stack(deployed, values | PSEUDO, secret)
    return {
        binary: stack.function(deployed["Resources"][name]["Properties"])
        for name, binary in binaries.items()
    }


class NoManagedPolicies:
    """The template names none of AWS's own."""

    def load(self):
        return {}


class Stack:
    """Resolves CloudFormation's functions, as far as policies and environments use them."""

    def __init__(self, template, values, secret):
        self.secret = secret
        self.resources = template["Resources"]
        self.conditions = template.get("Conditions", {})
        self.values = values

    def function(self, properties):
        role = self.resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        for arn in role.get("ManagedPolicyArns", []):
            documents.append(self.resources[arn["Ref"]]["Properties"]["PolicyDocument"])
        statements = [s for document in self.resolve(documents) for s in document["Statement"]]
        return Function(self.resolve(properties["Environment"]["Variables"]), statements)

    def resolve(self, node):
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not None]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref":
                return self.ref(argument)
            if name == "Fn::If":
                condition, yes, no = argument
                return self.resolve(yes if self.holds({"Condition": condition}) else no)
            if name == "Fn::Sub":
                return self.sub(argument)
            if name == "Fn::GetAtt":
                return self.attribute(*(argument.split(".") if isinstance(argument, str) else argument))
            if name.startswith("Fn::"):
                raise NotImplementedError(name)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not None}

    def ref(self, name):
        if name == "AWS::NoValue":
            return None
        if name in self.values:
            return self.values[name]
        kind = self.resources[name]["Type"]
        return self.attribute(name, "Arn") if kind == "AWS::SecretsManager::Secret" else name

    def attribute(self, name, attribute):
        kind = self.resources[name]["Type"]
        if attribute != "Arn":
            raise NotImplementedError(f"{name}.{attribute}")
        return {
            "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}",
            "AWS::SecretsManager::Secret": self.secret,
            "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*",
        }[kind]

    def sub(self, text):
        before, found, rest = text.partition("${")
        if not found:
            return before
        name, _, after = rest.partition("}")
        value = self.attribute(*name.split(".")) if "." in name else self.ref(name)
        return f"{before}{value}{self.sub(after)}"

    def holds(self, condition):
        [(name, argument)] = condition.items()
        if name == "Condition":
            return self.holds(self.conditions[argument])
        if name == "Fn::Equals":
            left, right = self.resolve(argument)
            return left == right
        if name == "Fn::Not":
            return not self.holds(argument[0])
        raise NotImplementedError(name)
