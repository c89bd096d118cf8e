"""What surrounds a function: Lambda's Runtime API, and Zendesk and Braze as far as the flows ask.

In: an executable, its environment, events. Out: its answers. The vendors say what they are told to
say in `Vendors.down`, else yes.
"""

import contextlib
import json
import queue
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 20

# Whose each ticket is.
REQUESTERS = {1: "ana", 2: "bea"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet.
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, headers=()):
        content = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        # A function that was ended does not wait for it.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", 0)))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A function that was ended leaves its connections; what matters is what it answered."""


def serve(handler):
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"127.0.0.1:{server.server_address[1]}"


class Lambda:
    """One execution environment of a function; a context manager."""

    def __init__(self, executable, environment):
        self.events, self.answers = queue.Queue(), queue.Queue()
        machine = self

        class RuntimeApi(Handler):
            def do_GET(self):
                event = machine.events.get()
                if event is None:
                    self.close_connection = True
                    return
                self.answer(200, event, [
                    ("lambda-runtime-aws-request-id", str(uuid.uuid4())),
                    ("lambda-runtime-deadline-ms", str(int((time.time() + 10) * 1000))),
                    ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:1:function:f"),
                ])

            def do_POST(self):
                told = json.loads(self.body())
                machine.answers.put((self.path.rsplit("/", 1)[-1], told))
                self.answer(202, {})

        self.server, address = serve(RuntimeApi)
        lambda_environment = {
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": executable.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_LOG_GROUP_NAME": "logs",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
        self.process = subprocess.Popen(
            [executable], env=environment | lambda_environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def invoke(self, event):
        """`response` or `error`, and what was answered."""
        self.events.put(event)
        return self.answers.get(timeout=PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


class Vendors:
    """Zendesk and Braze at one address."""

    def __init__(self):
        # Vendor to the status it refuses everything with.
        self.down = {}
        # SMS that Braze took.
        self.sent = 0
        vendors = self

        class Api(Handler):
            def do(self):
                self.body()
                vendor = "braze" if self.path.startswith(("/campaigns", "/users/track", "/subscription")) else "zendesk"
                status = vendors.down.get(vendor)
                vendors.sent += self.path.startswith("/campaigns") and not status
                self.answer(*((status, {"message": "down"}) if status else reply(self.path, self.command)))

            do_GET = do_POST = do_PUT = do

        self.server, address = serve(Api)
        self.url = f"http://{address}"


def reply(path, method):
    """The good answer to a call."""
    number = int(path.partition("/tickets/")[2].partition("?")[0].partition("/")[0].removesuffix(".json") or 1)
    ticket = {"id": number, "status": "open", "tags": ["braze_sms"], "requester_id": 2}
    audit = {"events": [{"type": "Comment", "id": 11}]}
    if path.startswith("/oauth/tokens"):
        return 200, {"access_token": "token", "token_type": "bearer", "scope": "tickets:read tickets:write"}
    if "/v2/users" in path:
        return (201, {"user": {"id": 2}}) if method == "POST" else (200, {"users": []})
    if path.endswith("/tickets") or path.endswith("/tickets.json"):
        return (201, {"ticket": ticket, "audit": audit}) if method == "POST" else (200, {"tickets": []})
    if "/comments" in path:
        return 200, {"comments": [], "users": [], "meta": {"has_more": False}}
    if "/audits" in path:
        return 200, {"audits": [], "meta": {"has_more": False}}
    if "/tags" in path:
        return 200, {"tags": []}
    if "/incremental/tickets/cursor" in path:
        user = {"id": 2, "role": "end-user", "user_fields": {"braze_external_id": "ana"}}
        return 200, {"tickets": [ticket | {"tags": ["braze_sms"]}], "users": [user], "end_of_stream": True}
    if "/tickets/" in path:
        whose = {"braze_external_id": REQUESTERS.get(number)}
        requester = {"id": 2, "role": "end-user", "user_fields": whose}
        return 200, {"ticket": ticket, "audit": audit, "users": [requester]}
    return 201, {"message": "success", "dispatch_id": "d"}
