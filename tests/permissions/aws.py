"""AWS as moto has it, in this process: a table, a secret, roles, and the checks of IAM.

moto compares a call's action with the policies; for DynamoDB and Secrets Manager it does not say
which resource a call is about. `resource_of` tells it, so that resources are checked as well. Conditions
it leaves out: `leading_keys` checks the one the policies have.
"""

import contextlib
import fnmatch
import json
from dataclasses import dataclass, field

import boto3
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.iam.access_control import IAMRequest
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

from policies import ACCOUNT, REGION

TABLE = "Table"
SECRET = {
    "zendesk_oauth_client_id": "client",
    "zendesk_oauth_client_secret": "oauth-client-secret-of-the-test",
    "zendesk_reply_signing_secret": "reply-signing-secret-of-the-test",
    "zendesk_solved_signing_secret": "solved-signing-secret-of-the-test",
    "braze_api_key": "braze-key",
    "braze_inbound_token": "inbound-token-of-the-test-0123456789",
    "braze_events_token": "events-token-of-the-test-0123456789",
}
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


@dataclass
class Calls:
    """What was asked for while IAM was enforced."""

    asked: set = field(default_factory=set)
    denied: set = field(default_factory=set)


class Aws:
    def __init__(self, template):
        settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        _, port = self.server.get_host_and_port()
        url = f"http://127.0.0.1:{port}"
        self.endpoints = {"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ENDPOINT_URL_SECRETS_MANAGER": url}
        self.dynamodb, secrets, self.iam, self.sts = (
            boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="s")
            for service in ("dynamodb", "secretsmanager", "iam", "sts")
        )
        table = yaml_parse(template.read_text())["Resources"]["Table"]["Properties"]
        definition = {key: table[key] for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")}
        self.dynamodb.create_table(TableName=TABLE, **definition)
        self.secret = secrets.create_secret(Name="Secret", SecretString=json.dumps(SECRET))["ARN"]
        DynamoHandler._determine_resource = SecretsManagerResponse._determine_resource = resource_of
        self.calls = None
        # Statements of the role whose calls are checked.
        self.statements = []
        watch(self)

    def items(self):
        return self.dynamodb.scan(TableName=TABLE)["Items"]

    def stored(self):
        """Keys of the items, looked up beside the server, whose checks are on."""
        table = dynamodb_backends[ACCOUNT][REGION].tables[TABLE]
        return [item.attrs["pk"].value for item in table.all_items()]

    def restore(self, items):
        """Makes these the table's only items."""
        for item in self.items():
            self.dynamodb.delete_item(TableName=TABLE, Key={"pk": item["pk"]})
        for item in items:
            self.dynamodb.put_item(TableName=TABLE, Item=item)

    def role(self, name, document):
        """Credentials of a role with this policy alone."""
        with contextlib.suppress(self.iam.exceptions.EntityAlreadyExistsException):
            self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
        self.statements = json.loads(document)["Statement"]
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        given = self.sts.assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    @contextlib.contextmanager
    def enforcing(self):
        """From here to the end every call is checked; what this process asks is not."""
        self.calls = Calls()
        ActionAuthenticatorMixin.request_count = 0
        settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        try:
            yield self.calls
        finally:
            settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")


def resource_of(responder):
    """The ARN that IAM compares with a statement's resources."""
    body = json.loads(responder.raw_body or b"{}")
    if "SecretId" in body:
        return body["SecretId"]
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{body.get('TableName')}"
    return f"{table}/index/{body['IndexName']}" if "IndexName" in body else table


def leading_keys(statements, action, body):
    """Whether a statement that allows the action allows it for this item's partition key."""
    key = (body.get("Item") or body.get("Key") or {}).get("pk", {}).get("S")
    allowing = [s for s in statements if action in s["Action"] or s["Action"] == "*"]
    conditions = [s.get("Condition", {}).get("ForAllValues:StringLike", {}) for s in allowing]
    patterns = [condition.get("dynamodb:LeadingKeys", ["*"]) for condition in conditions]
    return key is None or any(fnmatch.fnmatchcase(key, pattern) for some in patterns for pattern in some)


def watch(aws):
    """Notes what moto checks and denies."""
    check, deny = IAMRequest.check_action_permitted, IAMRequest._raise_access_denied

    def checked(request, resource):
        aws.calls.asked.add(request._action)
        check(request, resource)
        if not leading_keys(aws.statements, request._action, json.loads(request._body or b"{}")):
            request._raise_access_denied()

    def denied(request):
        aws.calls.denied.add(request._action)
        deny(request)

    IAMRequest.check_action_permitted, IAMRequest._raise_access_denied = checked, denied
