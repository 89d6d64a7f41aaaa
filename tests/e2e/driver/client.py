"""The clients: requests as an integrator sends them, each answer held against the OpenAPI document; bulletins; the clock."""

import datetime
import json
import time
import uuid

import urllib3
from jsonschema import Draft202012Validator

from .report import Failed

# What a gateway answers when the function behind it died; a client tries again.
GONE = (500, 502, 503, 504)
TRIES = 40


def control_digit(stem):
    """Eleven digits with their control digit (K2), or none if these eleven were never given out."""
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        digit = sum(weight * int(digit) for weight, digit in zip(weights, stem)) % 11
        if digit < 10:
            return f"{stem}{digit}"
    return None


def numbers(prefix):
    """Invented numbers, one after the other."""
    n = 0
    while True:
        n += 1
        number = control_digit(f"{prefix}{n:0{11 - len(prefix)}d}")
        if number:
            yield number


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The last part of a problem's type, and its rule."""
        said = self.json
        return said["type"].rsplit("/", 1)[-1], said.get("rule")


class Document:
    """The OpenAPI document, as what every answer has to conform to."""

    def __init__(self, document):
        self.document = document
        self.paths = [(path.split("/"), path) for path in document["paths"]]
        self.validators = {}
        self.seen = {}

    def operation(self, method, path):
        parts = path.split("?")[0].split("/")
        for known, name in self.paths:
            if len(known) == len(parts) and all(k.startswith("{") or k == p for k, p in zip(known, parts)):
                found = self.document["paths"][name].get(method.lower())
                if found:
                    return found
        return None

    def check(self, method, path, answer):
        operation = self.operation(method, path)
        if operation is None:
            return
        name, status = operation["operationId"], str(answer.status)
        self.seen.setdefault(name, set()).add(answer.status)
        if status not in operation["responses"]:
            raise Failed(f"{name} answered {status}, which the document doesn't know: {answer.body[:300]!r}")
        said = operation["responses"][status]
        kind = answer.headers.get("content-type", "").split(";")[0]
        if kind not in said["content"]:
            raise Failed(f"{name} answered {status} as {kind}, the document says {', '.join(said['content'])}")
        for header, what in (said.get("headers") or {}).items():
            if what.get("required") and header not in answer.headers:
                raise Failed(f"{name} answered {status} without {header}")
        errors = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}"
                  for e in self.validator(said["content"][kind]["schema"]).iter_errors(answer.json)]
        if errors:
            raise Failed(f"{name} answered {status} against its schema: {'; '.join(errors[:3])}")

    def validator(self, schema):
        key = json.dumps(schema)
        if key not in self.validators:
            self.validators[key] = Draft202012Validator({**schema, "components": self.document["components"]})
        return self.validators[key]


class Api:
    """The HTTP API from outside."""

    def __init__(self, ministack, api):
        # The pool's address is the loopback; the host names the API, as its own address does on AWS.
        self.pool = urllib3.HTTPConnectionPool("127.0.0.1", ministack.port, maxsize=32, retries=False, timeout=90)
        self.host = f"{api}.execute-api.localhost:{ministack.port}"
        self.document = None
        self.calls = self.repeated = 0

    def once(self, method, path, token=None, body=None, headers=None, raw=None):
        sent = {"host": self.host, "accept-language": "en"}
        if token:
            sent["authorization"] = f"Bearer {token}"
        data = raw
        if body is not None:
            data, sent["content-type"] = json.dumps(body).encode(), "application/json"
        sent.update(headers or {})
        self.calls += 1
        got = self.pool.request(method, path, body=data, headers=sent)
        return Answer(got.status, got.headers, got.data)

    def call(self, method, path, token=None, body=None, headers=None, raw=None):
        """As a client does it: what got no answer of the function's is asked again, word for word."""
        for attempt in range(TRIES):
            try:
                answer = self.once(method, path, token, body, headers, raw)
            except urllib3.exceptions.HTTPError as error:
                answer, why = None, repr(error)
            if answer is not None and answer.status not in GONE:
                if self.document:
                    self.document.check(method, path, answer)
                return answer
            why = why if answer is None else f"{answer.status} {answer.body[:200]!r}"
            self.repeated += 1
            time.sleep(min(0.05 * (attempt + 1), 1))
        raise Failed(f"{method} {path} was asked {TRIES} times and never answered: {why}")

    def expect(self, status, method, path, token=None, body=None, headers=None, raw=None):
        answer = self.call(method, path, token, body, headers, raw)
        wanted = status if isinstance(status, tuple) else (status,)
        if answer.status not in wanted:
            raise Failed(f"{method} {path}: {answer.status}, not {status}: {answer.body[:400].decode()}")
        return answer

    def pages(self, path, token=None):
        """All items of a paged list."""
        items, cursor = [], None
        while True:
            page = self.expect(200, "GET", path + (f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""), token).json
            items += page.get("items", page.get("entries"))
            cursor = page.get("next")
            if not cursor:
                return items


def eventually(what, ask, seconds=60, every=0.25):
    """Waits until something is so, for a bounded time."""
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(every)


def key():
    return {"idempotency-key": str(uuid.uuid4())}
