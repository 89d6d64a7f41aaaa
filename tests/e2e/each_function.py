"""Asks every route through the router of `cargo lambda watch`, and plays every event with `cargo lambda invoke`. Standard library only."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.parse
import urllib.request

STACK, WATCH, ROOT = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])


def call(url, method="GET", body=None, headers=None, patience=300):
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:
            return answer.status, answer.headers.get("content-type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type"), error.read()


def token(scope, **claims):
    body = json.dumps({"scope": scope, **claims}).encode()
    return json.loads(call(f"{STACK}/_local/token", "POST", body)[2])["token"]


def document():
    return json.loads(call(f"{STACK}/v1/openapi.json")[2])


def operation(paths, key):
    method, path = key.split(" ", 1)
    return paths[path][method.lower()]


def routes(paths):
    """Each route leads to its function: a public one answers, all others ask for a token."""
    with open(ROOT / "CargoLambda.toml", "rb") as file:
        router = tomllib.load(file)["watch"]["router"]
    count = 0
    for path, entries in router.items():
        for entry in entries:
            method = entry["method"]
            public = not paths[path][method.lower()]["security"]
            status, kind, body = call(WATCH + re.sub(r"\{\w+\}", "990140000017", path), method)
            expected = (200, 400, 404) if public else (401,)
            if status not in expected or kind not in ("application/json", "application/problem+json"):
                sys.exit(f"FAILED: {method} {path} of {entry['function']}: {status} {kind} {body[:300]!r}")
            count += 1
    return count


def with_token(event, paths):
    """The event with a token that its route takes, for whom it is about."""
    needed = operation(paths, event["routeKey"])["security"]
    if not needed:
        return event
    scope = needed[0]["token"][0]
    claims = {
        "applicant": {"iin": "000000000010"},
        "officer": {"territory": "75"},
        "organisation": {"bin": event.get("pathParameters", {}).get("bin", "")},
        "state-system": {},
    }[scope]
    if scope == "applicant" and event.get("body"):
        claims = {"iin": json.loads(event["body"]).get("applicant", {}).get("iin", claims["iin"])}
    return {**event, "headers": {**event["headers"], "authorization": f"Bearer {token(scope, **claims)}"}}


def invoke(function, event):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(event, file)
        file.flush()
        port = WATCH.rsplit(":", 1)[1]
        command = ["cargo", "lambda", "invoke", function, "--invoke-address", "127.0.0.1", "--invoke-port", port,
                   "--data-file", file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        sys.exit(f"FAILED: cargo lambda invoke {function}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def events(paths):
    """Every example is served: an HTTP answer that the document knows, a batch without failures, a sweep without any."""
    seen = {}
    # Organisations and submissions first: what follows is about them.
    first = lambda case: 0 if "organisation" in case else 1 if case.startswith("submit") else 2
    files = sorted((ROOT / "events").glob("*/*.json"), key=lambda file: (first(file.stem), file.parent.name, file.stem))
    for file in files:
        function, case = file.parent.name, file.stem
        event = json.loads(file.read_text(encoding="utf-8"))
        http = "routeKey" in event
        answer = invoke(function, with_token(event, paths) if http else event)
        if http:
            status = answer.get("statusCode")
            known = operation(paths, event["routeKey"])["responses"]
            good = str(status) in known and status not in (401, 403) and status < 500
            seen[f"{function}/{case}"] = status
        elif "Records" in event:
            failures = answer["batchItemFailures"]
            # What can't be read is no failure: it is set aside with its reason, and never tried again.
            good = not failures
            seen[f"{function}/{case}"] = f"{len(event['Records']) - len(failures)} of {len(event['Records'])} records"
        else:
            good = answer["failed"] == 0
            seen[f"{function}/{case}"] = f"{answer['ranOut']} ran out" if "ranOut" in answer else "swept"
        if not good:
            sys.exit(f"FAILED: {function}/{case}: {json.dumps(answer)[:600]}")
    return seen


def main():
    paths = document()["paths"]
    print(f"-- {routes(paths)} routes lead to their functions", flush=True)
    seen = events(paths)
    for case, what in seen.items():
        print(f"   {case:<48} {what}")
    print(f"-- {len(seen)} events are served")


main()
