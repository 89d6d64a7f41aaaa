"""The local stack, as the tries need it: tokens, invented numbers, what its registry holds. The numbers are those of the examples."""

import json
import os
import urllib.request

BASE = os.environ["KEZEK_BASE"]
APPLICANT = "000000000010"
ORGANISATIONS = ["990140000017", "990140000027"]


def call(method, path, body, bearer=None):
    headers = {"content-type": "application/json"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def token(scope, **claims):
    return call("POST", "/_local/token", {"scope": scope, **claims})["token"]


def number(stem):
    """Eleven digits with their control digit (K2), or none if these eleven were never given out."""
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        digit = sum(weight * int(digit) for weight, digit in zip(weights, stem)) % 11
        if digit < 10:
            return f"{stem}{digit}"
    return None
