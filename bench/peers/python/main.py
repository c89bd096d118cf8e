"""The same job as `braze-inbound` appending a text, as one would write it for Python: secret, token
compared, accepted, OAuth, Zendesk, settled. No more than that: no signatures, retries, lanes, tests of
the content or logs, so it does less than ours."""

import hashlib
import hmac
import http.client
import json
import os
import time

import boto3
import urllib3  # boto3's own HTTP library, the lightest there is beside it

ENV = os.environ
dynamo = boto3.client("dynamodb", region_name=ENV["AWS_REGION"])
manager = boto3.client("secretsmanager", region_name=ENV["AWS_REGION"])
zendesk = urllib3.PoolManager(ca_certs=ENV["EXTRA_CA_FILE"])
secret = json.loads(manager.get_secret_value(SecretId=ENV["SECRET_ID"])["SecretString"])
token = None


def access_token():
    global token
    if token is None:
        body = {
            "grant_type": "client_credentials",
            "client_id": secret["zendesk_oauth_client_id"],
            "client_secret": secret["zendesk_oauth_client_secret"],
            "scope": "tickets:read tickets:write users:read users:write",
        }
        answer = zendesk.request("POST", ENV["ZENDESK_BASE_URL"] + "/oauth/tokens", json=body)
        token = answer.json()["access_token"]
    return token


def handle(event, request_id):
    wanted = "Bearer " + secret["braze_inbound_token"]
    if not hmac.compare_digest(event["headers"].get("authorization", ""), wanted):
        return {"statusCode": 401, "body": ""}
    text = json.loads(event["body"])
    now = int(time.time() * 1000)
    digest = hashlib.sha256(text["dispatch_id"].encode())
    delivery, marker = digest.hexdigest()[:32], digest.digest()[:8]
    key = {"pk": {"S": "customer#" + text["external_user_id"]}}
    lease = f"{request_id} {delivery}"
    expires = {"N": str(now // 1000 + 400 * 86400)}
    entry = json.dumps({"id": delivery, "at": now, "kind": "text", "text": text["message"]})
    item = dynamo.update_item(
        TableName=ENV["TABLE_NAME"],
        Key=key,
        UpdateExpression="SET v = if_not_exists(v, :zero) + :one, mailbox = "
        "list_append(if_not_exists(mailbox, :none), :entry), lease = if_not_exists(lease, :mine), "
        "due_at = if_not_exists(due_at, :until), due_shard = if_not_exists(due_shard, :shard), "
        "expires_at = :expires ADD #today :markers",
        ConditionExpression="NOT contains(#today, :m0)",
        ExpressionAttributeNames={"#today": f"s{now // 86400000}"},
        ExpressionAttributeValues={
            ":zero": {"N": "0"},
            ":one": {"N": "1"},
            ":none": {"L": []},
            ":entry": {"L": [{"S": entry}]},
            ":mine": {"S": lease},
            ":until": {"N": str(now + 20000)},
            ":shard": {"N": "1"},
            ":expires": expires,
            ":markers": {"BS": [marker]},
            ":m0": {"B": marker},
        },
        ReturnValues="ALL_NEW",
    )["Attributes"]
    state = json.loads(item["memory"]["S"])
    comment = {"body": text["message"], "public": True, "author_id": state["user"]}
    answer = zendesk.request(
        "PUT",
        f"{ENV['ZENDESK_BASE_URL']}/api/v2/tickets/{state['ticket']}",
        headers={"authorization": "Bearer " + access_token()},
        json={"ticket": {"comment": comment, "status": "open", "metadata": {"delivery_id": delivery}}},
    )
    ticket = answer.json()["ticket"]
    state["status"], state["texted_at"] = ticket["status"], now
    dynamo.update_item(
        TableName=ENV["TABLE_NAME"],
        Key=key,
        UpdateExpression="SET v = :next, memory = :state, expires_at = :expires "
        "REMOVE mailbox, lease, due_at, due_shard",
        ConditionExpression="v = :seen AND lease = :held",
        ExpressionAttributeValues={
            ":seen": item["v"],
            ":next": {"N": str(int(item["v"]["N"]) + 1)},
            ":held": {"S": lease},
            ":state": {"S": json.dumps(state)},
            ":expires": expires,
        },
    )
    body = {"outcome": "delivered", "delivery_id": delivery, "ticket_id": ticket["id"]}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


def main():
    """The Runtime API, as thin as it can be: Lambda's own client for Python costs more."""
    runtime = http.client.HTTPConnection(ENV["AWS_LAMBDA_RUNTIME_API"])
    base = "/2018-06-01/runtime/invocation"
    while True:
        runtime.request("GET", base + "/next")
        answer = runtime.getresponse()
        request_id = answer.headers["lambda-runtime-aws-request-id"]
        result = handle(json.loads(answer.read()), request_id)
        runtime.request("POST", f"{base}/{request_id}/response", json.dumps(result))
        runtime.getresponse().read()


main()
