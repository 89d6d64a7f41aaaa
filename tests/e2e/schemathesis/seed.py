"""What must be there before an interface can be tried: organisations, and free places in one of them."""

from stack import ORGANISATIONS, call, token

officer = token("officer", territory="75")
for bin in ORGANISATIONS:
    body = {
        "names": {"kk": "Үлгі балабақшасы", "ru": "Детский сад «Пример»"},
        "type": "kindergarten",
        "settlement": "750000000",
        "languages": ["kk", "ru"],
        "streams": ["general"],
        "open": True,
    }
    call("PUT", f"/v1/workplace/organisations/{bin}", body, officer)
lines = [
    {"line": line, "count": 20, "groupType": "junior", "language": "kk", "regimeHours": 10.5, "birthYears": [year]}
    for line, year in enumerate(range(2020, 2026), 1)
]
bulletin = {
    "bulletinId": "2026-01",
    "organisation": ORGANISATIONS[0],
    "issuedAt": "2026-01-12T05:00:00.000Z",
    "kind": "current",
    "lines": lines,
}
call("POST", "/_local/bulletins", bulletin)
