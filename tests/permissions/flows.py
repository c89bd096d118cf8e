"""What each function does to need everything it may do. A flow says why it failed, or nothing.

In: a running function. Out: a sentence or `None`.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid

from aws import SECRET

CUSTOMER = "ana"
REPLY = {"ticket_id": "1", "status": "open", "external_user_id": CUSTOMER, "comment_id": "901",
         "author_name": "Jo", "author_role": "agent", "text": "Please restart it."}
SOLVED = {"ticket_id": "1", "status": "solved", "external_user_id": CUSTOMER, "message": "Closed"}
TEXT = {"kind": "message", "support": True, "external_user_id": CUSTOMER, "message": "Help", "dispatch_id": "d-1"}
UNREADABLE = {"ticket_id": {}, "external_user_id": {}, "message": 1}


def seed(prover, vendors):
    """A text and an answer that wait: what redelivery finds."""
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    credentials = prover.aws.role("everything", json.dumps({"Version": "2012-10-17", "Statement": everything}))
    vendors.down = {"zendesk": 503, "braze": 503}
    reply = REPLY | {"external_user_id": "bea", "ticket_id": "2"}
    for name, event in [("braze-inbound", texted(TEXT)), ("zendesk-reply", signed("zendesk-reply", reply))]:
        with prover.start(name, credentials) as function:
            failure = expected(function, event, 202)
            if failure:
                raise SystemExit(f"nothing could be made to wait: {failure}")
    for item in prover.aws.items():
        memory = json.loads(item["memory"]["S"])
        memory = {key: value for key, value in memory.items() if not key.endswith("_wait")}
        prover.items.append(item | {"memory": {"S": json.dumps(memory)}, "due_at": {"N": "1"}})


def replied(function, prover):
    return expected(function, signed("zendesk-reply", REPLY), 200) or kept(function, signed("zendesk-reply", UNREADABLE), prover)


def solved(function, prover):
    return expected(function, signed("zendesk-solved", SOLVED), 200) or kept(function, signed("zendesk-solved", UNREADABLE), prover)


def text(function, prover):
    """A customer's text; and Bea's, with which the answer goes out that waits for her."""
    event = TEXT | {"external_user_id": "eve"}
    failure = expected(function, texted(event), 200)
    prover.vendors.sent = 0
    failure = failure or expected(function, texted(TEXT | {"external_user_id": "bea"}), 200)
    if not failure and not prover.vendors.sent:
        failure = "the answer that waits does not go out"
    return failure or kept(function, texted(UNREADABLE), prover)


def redelivered(function, prover):
    """The text is delivered; Braze refuses the answer for good, so that it becomes a dead letter."""
    prover.vendors.down = {"braze": 400}
    kind, told = function.invoke({})
    if kind == "error":
        return "the run fails"
    if told["delivered"] < 1 or told["dead"] < 1:
        return f"delivered {told['delivered']}, dead {told['dead']}"
    return None


FLOWS = {"zendesk-reply": replied, "zendesk-solved": solved, "braze-inbound": text, "redelivery": redelivered}


def expected(function, event, status):
    kind, told = function.invoke(event)
    if kind == "error" or told["statusCode"] != status:
        return f"answered {told.get('statusCode', kind)} instead of {status}"
    return None


def kept(function, event, prover):
    """What cannot be understood is kept as a dead letter."""
    failure = expected(function, event, 400)
    letters = [item for item in prover.aws.stored() if item.startswith("dead#")]
    return failure or (None if letters else "no dead letter")


def signed(name, body):
    content, at = json.dumps(body), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    secret = SECRET[name.replace("-", "_") + "_signing_secret"]
    signature = hmac.new(secret.encode(), (at + content).encode(), hashlib.sha256).digest()
    return event(f"/{name.replace('-', '/')}", content, {
        "x-zendesk-webhook-signature": base64.b64encode(signature).decode(),
        "x-zendesk-webhook-signature-timestamp": at,
        "x-zendesk-webhook-invocation-id": str(uuid.uuid4()),
    })


def texted(body):
    headers = {"authorization": f"Bearer {SECRET['braze_inbound_token']}"}
    return event("/braze/inbound", json.dumps(body), headers)


def event(path, body, headers):
    """As an HTTP API hands it over, payload version 2.0."""
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"}
    context = {"accountId": "1", "apiId": "api", "domainName": "api.example", "domainPrefix": "api", "http": http,
               "requestId": "r", "routeKey": f"POST {path}", "stage": "$default",
               "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1795348800000}
    return {"version": "2.0", "routeKey": f"POST {path}", "rawPath": path, "rawQueryString": "",
            "headers": headers | {"content-type": "application/json"}, "requestContext": context,
            "body": body, "isBase64Encoded": False}
