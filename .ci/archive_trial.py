"""Tries a release's archive as somebody who has just downloaded it: `python .ci/archive_trial.py DIST`.

DIST holds the archive of this machine and SHA256SUMS. Python is that of `.ci/requirements.txt`, for SAM. The tool runs
with an environment of its own, without cargo: the sandbox plays a conversation, `sms-bridge setup` walks the whole set-up
of another one on a terminal, `sms-bridge probe` asks its Zendesk, `sms-bridge deploy` asks on a terminal and calls a
`sam` that only notes how, and what it keeps is read back with SAM's own parser. SAM itself checks
the template, packages it (against moto in place of S3), and asks its guided questions.
"""

import contextlib
import hashlib
import http.server
import io
import json
import logging
import os
import pathlib
import platform
import pty
import re
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import tomllib
import zipfile

import boto3
from moto.server import ThreadedMotoServer
from samcli.cli.types import CfnParameterOverridesType

FUNCTIONS = ["zendesk-reply", "zendesk-solved", "braze-inbound", "redelivery"]
PATIENCE_S = 120
ZENDESK, BRAZE = "https://acme.zendesk.com", "https://rest.iad-01.braze.com"
CAMPAIGN = "0a1b2c3d-0000-4000-8000-00000000000f"
BUCKET_STACK = b"""<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<DescribeStacksResult><Stacks><member><StackName>aws-sam-cli-managed-default</StackName>
<StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
<Tags><member><Key>ManagedStackSource</Key><Value>AwsSamCli</Value></member></Tags>
<Outputs><member><OutputKey>SourceBucket</OutputKey><OutputValue>code</OutputValue></member></Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
NO_STACK = b"""<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>
<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id %s does not exist</Message></Error></ErrorResponse>"""
CALLER = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>me</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
CLOSING = 'It\'s done, "thanks" & bye!'


def main() -> int:
    dist = pathlib.Path(sys.argv[1]).resolve()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        root = unpacked(dist, place)
        for check in (sandbox, set_up, deploy, without_terminal, sam_reads, packaged, guided):
            started = time.monotonic()
            fresh = place / check.__name__
            shutil.copytree(root, fresh)
            check(fresh, place)
            print(f"{check.__name__}: as it should be, {time.monotonic() - started:.1f} s")
    return 0


def unpacked(dist, place):
    machine = f"{platform.system().lower()}-{platform.machine().replace('aarch64', 'arm64')}"
    [archive] = dist.glob(f"*-{machine}.tar.gz")
    sums = dict(reversed(line.split("  ")) for line in (dist / "SHA256SUMS").read_text().splitlines())
    assert sums[archive.name] == hashlib.sha256(archive.read_bytes()).hexdigest(), "SHA256SUMS is of another archive"
    with tarfile.open(archive) as tar:
        tar.extractall(place, filter="data")
    [root] = (path for path in place.iterdir() if path.is_dir())
    for name in ("sms-bridge", "template.yaml", "samconfig.toml", "README.md", "LICENSE-MIT", "docs/setup.md"):
        assert (root / name).is_file(), f"{name} is not in the archive"
    return root


def environment(place, **more):
    """What a person without a toolchain has."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(place), "CARGO": "/nonexistent/cargo", "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true"} | more


def sandbox(root, place):
    command = ["./sms-bridge", "sandbox", "--script", "conversations/support.toml"]
    ran = subprocess.run(command, cwd=root, env=environment(place), capture_output=True, text=True, timeout=PATIENCE_S)
    assert ran.returncode == 0 and "All 10 steps went as expected." in ran.stdout, ran.stdout + ran.stderr
    assert "Building" not in ran.stderr, ran.stderr


def set_up(root, place):
    """The first day in a sandbox: three credentials and a yes, and every hop is well; then the probe leaves it so."""
    sandbox = subprocess.Popen(["./sms-bridge", "sandbox", "--first-day", "--no-open", "--port", "0"], cwd=root,
                               env=environment(place), stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        while not (lines and lines[-1].rstrip().endswith("_sim/users")):
            lines.append(sandbox.stdout.readline())
            assert lines[-1], f"the sandbox ended:\n{''.join(lines)}"
        told = "".join(lines)
        account = dict(re.findall(r"^  export (\w+)=(\S+)$", told, re.MULTILINE))
        names = ("zendesk_oauth_client_id", "zendesk_oauth_client_secret", "braze_api_key")
        values = {name: re.search(rf"{name}=(\S+)", told)[1] for name in names}
        env = environment(place, **account)
        said = typed(["./sms-bridge", "setup"], root, env, [*values.values(), "yes"])
        assert "All is well." in said, said
        # The terminal itself shows what is typed faster than the question ends.
        assert not any(value in said.replace(f"]: {value}", "") for value in values.values()), "a credential is shown"
        again = typed(["./sms-bridge", "setup"], root, env, [])
        assert "All are there" in again and "Make " not in again, again
        probe = subprocess.run(["./sms-bridge", "probe", "--yes", "--only", "zendesk.merged_user"], cwd=root, env=env,
                               capture_output=True, text=True, timeout=PATIENCE_S)
        assert probe.returncode == 0, probe.stderr
        transcript = [json.loads(line) for line in (root / "probe-transcript.jsonl").read_text().splitlines()]
        assert transcript[-1] == {"switches": {"zendesk": {"merged_user": "not_found"}}}, transcript
        assert "All is well." in typed(["./sms-bridge", "doctor"], root, env, [])
    finally:
        sandbox.terminate()
        sandbox.wait(PATIENCE_S)


def deploy(root, place):
    fake, notes = noting_sam(root)
    env = environment(place, PATH=f"{fake}:/usr/bin:/bin")
    answers = ["europe", "eu-west-1", "http://acme.zendesk.com", ZENDESK + "/", "", BRAZE, CAMPAIGN]
    said = typed(["./sms-bridge", "deploy", "--set", f"SolvedMessage={CLOSING}"], root, env, answers)
    for told in ("a region's name looks like", "ZendeskBaseUrl", "BrazeBaseUrl is required", "sms-bridge setup "):
        assert told in said, f"{told!r} is not in:\n{said}"
    [call] = called(notes)
    assert call == {"arguments": ["deploy"], "directory": str(root), "region": "eu-west-1"}, call
    expected = {"ZendeskBaseUrl": ZENDESK, "BrazeBaseUrl": BRAZE, "BrazeReplyCampaignId": CAMPAIGN,
                "SolvedMessage": CLOSING}
    assert kept(root) == ("eu-west-1", expected), kept(root)
    again = typed(["./sms-bridge", "deploy", "--yes", "--set", 'SolvedMessage='], root, env, [])
    assert "BaseUrl:" not in again, again
    assert called(notes)[1]["arguments"] == ["deploy", "--no-confirm-changeset"]
    assert kept(root)[1] == expected | {"SolvedMessage": ""}, kept(root)
    other = subprocess.run(["./sms-bridge", "deploy", "--region", "us-east-1"], cwd=root, env=env, capture_output=True,
                           text=True, timeout=PATIENCE_S)
    assert other.returncode == 2 and "second bundle" in other.stderr, other.stderr
    failing = environment(place, PATH=f"{fake}:/usr/bin:/bin", SAM_FAILS="yes")
    ended = subprocess.run(["./sms-bridge", "deploy"], cwd=root, env=failing, capture_output=True, text=True,
                           timeout=PATIENCE_S)
    assert ended.returncode == 1 and "The values are kept" in ended.stderr, ended.stderr


def without_terminal(root, place):
    """Nobody to ask: what is missing is named, and nothing is called."""
    def run(*arguments):
        return subprocess.run(["./sms-bridge", "deploy", *arguments], cwd=root, env=environment(place), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_S)

    for arguments, told in [
        ((), "give --region"),
        (("--region", "eu-west-1"), "give --set ZendeskBaseUrl=VALUE"),
        (("--region", "eu-west-1", "--set", "openon=any"), "it is called OpenOn"),
        (("--region", "eu-west-1", "--set", "OpenOn=all"), "OpenOn is one of any, keyword"),
        (("--region", "eu-west-1", "--set", f"ZendeskBaseUrl={ZENDESK}", "--set", f"BrazeBaseUrl={BRAZE}",
          "--set", f"BrazeReplyCampaignId={CAMPAIGN}"), "pip install aws-sam-cli"),
    ]:
        ran = run(*arguments)
        assert ran.returncode == 2 and told in " ".join(ran.stderr.split()), ran.stderr
    assert kept(root)[0] == "eu-west-1", "what was given is kept although SAM is not there"


def noting_sam(root):
    """A `sam` that notes its arguments, its directory and the region it is told."""
    folder = root.parent / f"{root.name}-bin"
    folder.mkdir()
    notes = folder / "calls"
    program = folder / "sam"
    program.write_text(f"""#!{sys.executable}
import json, os, sys
call = {{"arguments": sys.argv[1:], "directory": os.getcwd(), "region": os.environ.get("AWS_DEFAULT_REGION")}}
with open({str(notes)!r}, "a") as file:
    file.write(json.dumps(call) + "\\n")
sys.exit(7 if os.environ.get("SAM_FAILS") else 0)
""")
    program.chmod(0o755)
    return folder, notes


def called(notes):
    return [json.loads(line) for line in notes.read_text().splitlines()]


def kept(root):
    """Region and parameters as SAM reads them from samconfig.toml."""
    default = tomllib.loads((root / "samconfig.toml").read_text())["default"]
    overrides = default["deploy"]["parameters"].get("parameter_overrides", [])
    return default["global"]["parameters"].get("region"), CfnParameterOverridesType().convert(overrides, None, None)


def typed(command, root, env, answers, prompt=r": $"):
    """Everything the command says on a terminal, where each question gets the next answer."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(root)
        os.execvpe(command[0], command, env)
    said, answers, deadline = "", list(answers), time.monotonic() + PATIENCE_S
    seen = 0
    while True:
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"waits for ever after:\n{said}"
        try:
            chunk = os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            break
        if not chunk:
            break
        said += chunk
        if answers and re.search(prompt, said[seen:]):
            seen = len(said)
            os.write(terminal, answers.pop(0).encode() + b"\n")
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, said
    assert not answers, f"never asked for {answers}:\n{said}"
    return said


def sam(*arguments, **more):
    env = dict(os.environ) | {"SAM_CLI_TELEMETRY": "0"} | more
    return [str(pathlib.Path(sys.executable).with_name("sam")), *arguments], env


def sam_reads(root, place):
    command, env = sam("validate", AWS_DEFAULT_REGION="us-east-1", HOME=str(place))
    ran = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=PATIENCE_S)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def packaged(root, place):
    """What SAM uploads: four files, each an executable named bootstrap."""
    with aws(place) as env:
        s3 = boto3.client("s3", endpoint_url=env["AWS_ENDPOINT_URL"], region_name="us-east-1",
                          aws_access_key_id="a", aws_secret_access_key="s")
        s3.create_bucket(Bucket="code")
        command, env = sam("package", "--s3-bucket", "code", "--output-template-file", "out.yaml",
                           "--config-env", "none", **env)
        ran = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=PATIENCE_S)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket="code")["Contents"]]
        assert len(keys) == len(FUNCTIONS), keys
        for key in keys:
            content = s3.get_object(Bucket="code", Key=key)["Body"].read()
            [entry] = zipfile.ZipFile(io.BytesIO(content)).infolist()
            assert entry.filename == "bootstrap" and entry.external_attr >> 16 & 0o111 == 0o111, entry


def guided(root, place):
    """Enter for everything but the two addresses goes through all questions, and the answers are kept."""
    with bucket_stack(place) as env:
        command, env = sam("deploy", "--guided", **env)
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(root)
            os.execvpe(command[0], command, env)
        said, seen, deadline = "", 0, time.monotonic() + PATIENCE_S
        while True:
            ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"waits for ever after:\n{said[-2000:]}"
            try:
                chunk = os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
            if not chunk:
                break
            said += chunk
            if "Saved arguments to config file" in said:
                break
            question = re.search(r"([^\n]*)(\]|: ?)(\x1b\[0m)?: ?$|Parameter [A-Za-z]+: ?$", said[seen:])
            if question:
                seen = len(said)
                required = {"ZendeskBaseUrl": ZENDESK, "BrazeBaseUrl": BRAZE}
                answer = next((value for name, value in required.items() if f"Parameter {name}" in question[0]), "")
                os.write(terminal, answer.encode() + b"\n")
        os.close(terminal)
        os.waitpid(child, 0)
        assert "has no authentication" not in said and "Security Constraints" not in said, said
        assert "Saved arguments to config file" in said, said[-3000:]
        parameters = kept(root)[1]
        assert (parameters["ZendeskBaseUrl"], parameters["BrazeBaseUrl"]) == (ZENDESK, BRAZE), parameters
        assert parameters["TicketSubject"] == "SMS from {name}", parameters


@contextlib.contextmanager
def bucket_stack(place):
    """AWS, as far as SAM's questions need it: who asks, and that the stack of SAM's own bucket is there."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            asked = self.rfile.read(int(self.headers["content-length"])).decode()
            known = {"aws-sam-cli-managed-default": BUCKET_STACK, "GetCallerIdentity": CALLER}
            answer = next((answer for about, answer in known.items() if about in asked), None)
            self.send_response(200 if answer else 400)
            answer = answer or NO_STACK % re.search(r"StackName=([\w-]+)", asked)[1].encode()
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield variables(place, server.server_address[1])
    finally:
        server.shutdown()


def variables(place, port):
    return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "HOME": str(place)}


class aws:
    """moto as AWS, as variables of the environment."""

    def __init__(self, place):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.place = place

    def __enter__(self):
        self.server.start()
        _, port = self.server.get_host_and_port()
        return variables(self.place, port)

    def __exit__(self, *_):
        self.server.stop()


if __name__ == "__main__":
    sys.exit(main())
