"""The town under load: invented people and organisations, their tokens, the day it is there, and what has been confirmed to whom."""

import collections
import datetime
import json
import random

import urllib3
from driver.client import iso, now, numbers

SETTLEMENT = "750000000"
LANGUAGES = ("kk", "ru")
# Whose first offers have lapsed in silence when the load begins, so that somebody is asked whether the place is still wanted.
SILENT = 24


class Unfit(Exception):
    """The stack doesn't do what a run needs before or after the load."""


class Family:
    """A parent with one child, and what the system has confirmed to them."""

    def __init__(self, town, parent=None):
        self.town, self.parent, self.child = town, parent or next(town.people), next(town.people)
        self.birth_year = town.today().year - random.choice((3, 3, 4))
        self.language = random.choice((*LANGUAGES, "kk"))
        self.wanted = random.sample(town.gardens, random.choice((1, 2, 2, 3, 4)))
        self.benefit = random.choices((13, 10, 1), (8, 2, 1))[0]
        self.token = town.token("applicant", iin=self.parent)
        self.id = None
        # How it ended, once that was confirmed.
        self.ended = None

    def body(self):
        return {
            "applicant": {"iin": self.parent, "fullName": "Сыналушы Ата-ана", "address": "Ойдан шығарылған көше, 1",
                          "phone": "+77010000000"},
            "child": {"iin": self.child, "fullName": "Сыналушы Бала", "birthDate": f"{self.birth_year}-05-14"},
            "settlement": SETTLEMENT, "language": self.language, "organisations": self.wanted, "benefit": self.benefit,
            "documents": self.documents(), "consent": True,
        }

    def documents(self, *kinds):
        """Those named, and what the benefit rests on."""
        kinds += ("service-certificate",) if self.benefit == 1 else ()
        return [{"kind": kind, "issuedOn": self.town.today().isoformat(), "reference": "00-1"} for kind in kinds]


class Town:
    def __init__(self, base):
        self.pool = urllib3.PoolManager(maxsize=64, retries=False, timeout=120)
        self.base = base
        self.people, self.bins = numbers("000000"), numbers("9901400")
        self.officer = self.token("officer", territory="75")
        # Every family that was told that it is registered, and those that no parent looks after yet.
        self.families, self.orphans = [], collections.deque()
        self.gardens, self.garden_tokens, self.tags = [], {}, {}
        # How many places each organisation's bulletins have named, and how many those of which it isn't known that they arrived.
        self.places, self.unsure = collections.Counter(), collections.Counter()
        self.ahead = datetime.timedelta()
        self.days = 0

    # ------------------------------------------------------------------------------------- outside of the measured load

    def call(self, method, path, token=None, body=None, headers=None):
        sent = dict(headers or {})
        if token:
            sent["authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        return self.pool.request(method, self.base + path, body=data, headers=sent)

    def expect(self, statuses, *asked, **how):
        answer = self.call(*asked, **how)
        if answer.status not in statuses:
            raise Unfit(f"{asked[0]} {asked[1]}: {answer.status} {answer.data[:400].decode(errors='replace')}")
        return answer

    def token(self, scope, **claims):
        return self.expect((200,), "POST", "/_local/token", body={"scope": scope, **claims}).json()["token"]

    def now(self):
        return now() + self.ahead

    def today(self):
        # Almaty is five hours ahead.
        return (self.now() + datetime.timedelta(hours=5)).date()

    def advance(self, duration):
        """Lets time pass: whatever falls due on the way has happened when this returns, and nothing is under way any more."""
        shown = self.expect((200,), "POST", "/_local/clock", body={"advance": duration}).json()["now"]
        self.it_is(shown)

    def it_is(self, shown):
        self.ahead = datetime.datetime.fromisoformat(shown.replace("Z", "+00:00")) - now()

    # ------------------------------------------------------------------------------------------------- before the load

    def prepare(self, organisations):
        self.open_all_hours()
        for _ in range(organisations):
            self.open_garden(next(self.bins))
        for n in range(SILENT):
            family = Family(self)
            family.benefit = 13
            answer = self.expect((201,), "POST", "/v1/applications", family.token, family.body(),
                                 {"idempotency-key": f"before-{n}"})
            self.registered(family, answer.json()["id"])
            self.orphans.append(family)
        for garden in self.gardens:
            body = self.bulletin(garden, "before", 2)
            self.expect((202,), "POST", "/_local/bulletins", body=body)
            self.arrived(body)
        # An offer lapses at the end of its second day; ten working days later the parent is asked.
        self.advance("P13DT12H")

    def open_all_hours(self):
        """Every day of the coming months a working one and every hour a working hour: a run may begin whenever it likes."""
        year = self.today().year
        days = [self.today() + datetime.timedelta(n) for n in range(120)]
        weekends = [day.isoformat() for day in days if day.weekday() > 4]
        for each in (year, year + 1):
            table = {"daysOff": [], "workingWeekends": [day for day in weekends if day.startswith(str(each))]}
            self.expect((201,), "PUT", f"/v1/workplace/calendar/{each}", self.officer, table)
        policy = {"outOfHours": "at-once", "workingHours": {"from": "00:00", "until": "23:59:59"}}
        body = {"version": 1, "from": f"{year - 1}-01-01", "territory": ["75"], "policy": policy}
        self.expect((201,), "PUT", "/v1/workplace/policies/all-hours", self.officer, body)

    def garden_body(self, name="Бота"):
        return {"names": {"kk": f"«{name}» балабақшасы", "ru": f"Детский сад «{name}»"}, "type": "kindergarten",
                "settlement": SETTLEMENT, "languages": list(LANGUAGES), "streams": ["general"], "open": True}

    def open_garden(self, bin):
        answer = self.expect((201,), "PUT", f"/v1/workplace/organisations/{bin}", self.officer, self.garden_body())
        self.tags[bin] = answer.headers["etag"]
        self.garden_tokens[bin] = self.token("organisation", bin=bin)
        self.gardens.append(bin)

    def bulletin(self, garden, name, lines):
        year = self.today().year
        lines = [{"line": n, "count": random.choice((1, 1, 2)), "groupType": "junior", "regimeHours": 10.5,
                  "language": random.choice(LANGUAGES), "birthYears": [year - random.choice((3, 3, 4))]}
                 for n in range(1, lines + 1)]
        self.unsure[garden] += sum(line["count"] for line in lines)
        return {"bulletinId": name, "organisation": garden, "issuedAt": iso(self.now()), "kind": "current", "lines": lines}

    def arrived(self, bulletin):
        count = sum(line["count"] for line in bulletin["lines"])
        self.unsure[bulletin["organisation"]] -= count
        self.places[bulletin["organisation"]] += count

    def registered(self, family, id):
        family.id = id
        self.families.append(family)

    # -------------------------------------------------------------------------------------------------- after the load

    def settle(self):
        """Nothing comes in any more: what was begun comes to its end, and so does what falls due in the next minute."""
        self.advance("PT1M")
        held = {name: n for name in self.queues() if (n := self.waiting(name))}
        if held:
            raise Unfit(f"messages are left in the queues: {held}")

    def sqs(self, operation, **body):
        headers = {"x-amz-target": f"AmazonSQS.{operation}", "content-type": "application/x-amz-json-1.0"}
        return self.expect((200,), "POST", "/", body=body, headers=headers).json()

    def queues(self):
        """All of them, those of dead letters too."""
        return self.sqs("ListQueues")["QueueUrls"]

    def waiting(self, url):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        said = self.sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(said[name]) for name in names)

    def remembers(self):
        """What was confirmed is still so: every submission is there, every end is its end, every place was posted."""
        wrong = []
        for family in self.families:
            answer = self.call("GET", f"/v1/applications/{family.id}", family.token)
            said = answer.json() if answer.status == 200 else {}
            if answer.status != 200:
                wrong.append(f"a confirmed submission answers {answer.status}")
            elif family.ended and said.get("archiveReason") != family.ended:
                wrong.append(f"{family.id} was told {family.ended}, and is {said['status']} {said.get('archiveReason')}")
        for garden in self.gardens:
            posted = self.places[garden]
            found = len(self.pages(f"/v1/organisations/{garden}/vacancies", self.garden_tokens[garden]))
            if not posted <= found <= posted + self.unsure[garden]:
                wrong.append(f"{garden} posted {posted} places and has {found}")
        return wrong

    def pages(self, path, token):
        items, cursor = [], ""
        while True:
            page = self.expect((200,), "GET", f"{path}?limit=100{cursor}", token).json()
            items += page["items"]
            if not page.get("next"):
                return items
            cursor = f"&cursor={page['next']}"
