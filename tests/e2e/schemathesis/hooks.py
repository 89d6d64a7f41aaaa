"""What a document can't say and its reader must bring: a token for each scope, numbers whose control digit is right."""

import os

import schemathesis
from hypothesis import strategies as st

from stack import APPLICANT, ORGANISATIONS, number, token

TOKENS = {
    "applicant": token("applicant", iin=APPLICANT),
    "officer": token("officer", territory="75"),
    "organisation": token("organisation", bin=ORGANISATIONS[0]),
    "state-system": token("state-system"),
}


def invented(prefix):
    return st.integers(0, 10 ** (11 - len(prefix)) - 1).map(lambda n: number(f"{prefix}{n:0{11 - len(prefix)}d}"))


schemathesis.openapi.format("iin", st.just(APPLICANT) | invented("000000").filter(bool))
schemathesis.openapi.format("bin", st.sampled_from(ORGANISATIONS) | invented("9901400").filter(bool))


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """The token of a scope that the operation names."""

    def get(self, case, context):
        security = context.operation.definition.raw.get("security") or []
        scopes = [scope for requirement in security for scope in requirement.get("token", [])]
        return TOKENS[scopes[0]] if scopes else None

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Good data is good as a whole: its cursor is one that a page gave, what a body names again is what its path names, and a consent
    chooses what its invitation leaves open."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.query and "cursor" in case.query:
        del case.query["cursor"]
    if isinstance(case.body, dict):
        if "year" in case.body and "year" in case.path_parameters:
            case.body["year"] = int(case.path_parameters["year"])
        if "id" in case.body and "version" in case.body:
            case.body["id"] = case.path_parameters["id"]
        if case.path.endswith("/answer") and case.body.get("consent") is True:
            for field, chosen in (("language", "kk"), ("organisations", ORGANISATIONS)):
                if case.body.get(field) is None:
                    case.body[field] = chosen
