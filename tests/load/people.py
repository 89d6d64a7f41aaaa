"""Who lives in the town, and what each of them does how often. Most of it is looking at numbers."""

import collections
import datetime
import json
import random
import uuid

import gevent
from locust import FastHttpUser, task

from town import LANGUAGES, SETTLEMENT, Family

# What somebody is told who came second: the state has moved on, the version has, or there were too many. It is counted.
RACES = (409, 412, 429)
# Of each operation, how many answers of each status are held against the OpenAPI document.
HELD_AGAINST_DOCUMENT = 5


class Said:
    """An answer as the document's check wants it."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status_code, response.headers or {}, response.content or b""

    @property
    def json(self):
        return json.loads(self.body)


class Person(FastHttpUser):
    abstract = True
    # Given by the run before anybody lives.
    town = document = None
    pace = 0
    network_timeout = connection_timeout = 60
    races = collections.Counter()
    seen = collections.Counter()

    def wait_time(self):
        # Drawn anew each time: who waits in step comes in crowds.
        return random.uniform(0, 2 / self.pace) if self.pace else 0

    def ask(self, operation, method, path, token=None, body=None, status=(200,), headers=None, rules=()):
        """One request. What neither the flow nor a race nor one of these rules explains is a failure, and has no answer."""
        sent = {"accept-language": random.choice(("kk", "ru", "en")), **(headers or {})}
        if token:
            sent["authorization"] = f"Bearer {token}"
        asked = {"name": operation, "headers": sent, "catch_response": True, "json": body}
        with self.client.request(method, path, **asked) as response:
            said = Said(response)
            if said.status == 429 or (said.status in RACES and method != "GET"):
                self.races[operation, said.status] += 1
            elif said.status not in status and not (said.status == 422 and said.json.get("rule") in rules):
                response.failure(f"{said.status} {said.body[:300].decode(errors='replace')}")
                return None
            wrong = self.against_document(operation, method, path, said)
            if wrong:
                response.failure(wrong)
                return None
            response.success()
            return said

    def against_document(self, operation, method, path, said):
        if self.seen[operation, said.status] >= HELD_AGAINST_DOCUMENT:
            return None
        self.seen[operation, said.status] += 1
        try:
            self.document.check(method, path, said)
        except Exception as error:  # Told as this request's failure.
            return str(error)
        return None

    def done(self, *asked, **how):
        """The answer's body, if it is what was hoped for."""
        said = self.ask(*asked, **how)
        return said.json if said and said.status < 300 else None

    def broken(self, what):
        """An answer alone was right, but not beside another."""
        self.environment.events.request.fire(
            request_type="", name="(answers that contradict each other)", response_time=0, response_length=0,
            exception=AssertionError(what), context={})


class Parent(Person):
    """Looks after some families: theirs are the numbers that everybody wants to know."""

    def on_start(self):
        # All families that are looked after, and those of them that were told something.
        self.mine, self.told = [], []
        self.submit()

    def one(self):
        while self.town.orphans and len(self.mine) < 3:
            self.mine.append(self.town.orphans.popleft())
        return random.choice(self.mine) if self.mine else None

    def path(self, family, what=""):
        return f"/v1/applications/{family.id}{what}"

    @task(60)
    def number(self):
        if family := self.one():
            self.ask("readPosition", "GET", self.path(family, "/position"), family.token)

    @task(8)
    def queue(self):
        if family := self.one():
            garden = random.choice(family.wanted)
            self.ask("readQueue", "GET", f"/v1/queues/{garden}?birthYear={family.birth_year}&language={family.language}")

    @task(14)
    def look(self):
        """Reads the application, and does what it asks for. Who was told something looks again soon."""
        family = random.choice(self.told) if self.told and random.random() < 0.7 else self.one()
        seen = family and self.done("readApplication", "GET", self.path(family), family.token)
        if not seen:
            return
        offers = [offer for offer in seen["offers"] if offer["status"] == "open"]
        referral, contract = seen["referral"], seen["contract"]
        self.remember(family, offers or referral)
        if seen["status"] in ("archived", "refused"):
            self.leave(family)
        elif offers:
            self.answer(family, random.choice(offers))
        elif seen["questions"]:
            self.interest(family)
        elif contract and contract["status"] == "formed":
            self.sign(family)
        elif referral and referral["stage"] == "awaited":
            self.go_on(family, referral)

    def remember(self, family, told):
        if told and family not in self.told:
            self.told.append(family)
        elif not told and family in self.told:
            self.told.remove(family)

    def leave(self, family):
        self.mine.remove(family)
        self.remember(family, None)

    def answer(self, family, offer):
        what = random.choices(("accept", "decline", None, "both"), (11, 4, 3, 2))[0]
        path = self.path(family, f"/offers/{offer['id']}/answer")
        ask = lambda said: self.ask("answerOffer", "POST", path, family.token, {"answer": said})
        if what == "both":
            # Two telephones at once: one of them comes second.
            said = [asked.get() for asked in [gevent.spawn(ask, "accept"), gevent.spawn(ask, "decline")]]
            if all(one and one.status == 200 for one in said):
                self.broken(f"{family.id}: one offer was accepted and declined")
        elif what:
            ask(what)

    def interest(self, family):
        self.ask("answerInterest", "POST", self.path(family, "/interest"), family.token,
                 {"answer": random.choices(("yes", "no"), (4, 1))[0]})

    def go_on(self, family, referral):
        """With a referral in hand."""
        what = random.choices(("papers", "cancel", "extend", "later"), (14, 2, 1, 3))[0]
        if what == "papers":
            papers = family.documents("vaccination-card", "health-passport", "health-certificate")
            self.ask("handInDocuments", "POST", self.path(family, "/enrolment"), family.token, {"documents": papers})
        elif what == "cancel":
            self.ask("cancelReferral", "POST", self.path(family, "/referral/cancellation"), family.token)
        elif what == "extend" and not referral["extended"]:
            until = datetime.date.fromisoformat(referral["validUntil"][:10]) + datetime.timedelta(7)
            self.ask("extendReferral", "POST", self.path(family, "/referral/extension"), family.token,
                     {"until": until.isoformat(), "document": family.documents("inability")[0]})

    def sign(self, family):
        # The stack's own stand-in for the SMS.
        code = self.town.expect((200,), "GET", f"/_local/signature?application={family.id}").json()["code"]
        signed = code and self.done("signContract", "POST", self.path(family, "/contract/signature"), family.token,
                                    {"means": "sms-code", "proof": code})
        if signed:
            self.end(family, signed)

    def end(self, family, seen):
        if seen["status"] == "archived":
            family.ended = seen["archiveReason"]
            self.leave(family)

    @task(6)
    def submit(self):
        # Some have another child in the queue.
        sibling = random.choice(self.mine).parent if self.mine and random.random() < 0.2 else None
        family = Family(self.town, sibling)
        if family.benefit == 10 and random.random() < 0.9:
            self.town.expect((200,), "POST", "/_local/register", body={"iin": family.child, "benefits": [10]})
        body, key = family.body(), {"idempotency-key": str(uuid.uuid4())}
        ask = lambda: self.ask("submitApplication", "POST", "/v1/applications", family.token, body, (201,), key)
        # An impatient finger presses twice.
        asked = [gevent.spawn(ask) for _ in range(2 if random.random() < 0.1 else 1)]
        said = [one for one in (one.get() for one in asked) if one and one.status == 201]
        ids = {one.json["id"] for one in said}
        if len(ids) > 1:
            self.broken(f"one key made the applications {sorted(ids)}")
        if ids:
            self.town.registered(family, ids.pop())
            self.mine.append(family)

    @task(3)
    def change(self):
        family = self.one()
        seen = family and self.ask("readApplication", "GET", self.path(family), family.token)
        if not seen or seen.json["status"] not in ("accepted", "verifying", "queued"):
            return
        wanted = random.sample(self.town.gardens, random.choice((1, 2, 3, 4)))
        later = {"date": (self.town.today() + datetime.timedelta(random.randint(2, 40))).isoformat()}
        bodies = [{"organisations": wanted}] * 4 + [{"phone": "+77010000001"}, {"notBefore": later}, {"notBefore": None}]
        if family.benefit != 1:
            # Lost at once, or gained if the register knows of it.
            bodies.append({"benefit": 13 if family.benefit == 10 else 10})
        body = random.choice(bodies)
        changed = self.done("changeApplication", "PATCH", self.path(family), family.token, body,
                            headers={"if-match": seen.headers["etag"]})
        if changed:
            family.wanted = body.get("organisations", family.wanted)
            family.benefit = body.get("benefit", family.benefit)

    @task(1)
    def withdraw(self):
        family = self.one()
        if family and (seen := self.done("withdrawApplication", "POST", self.path(family, "/withdrawal"), family.token)):
            self.end(family, seen)

    @task(1)
    def complain(self):
        if family := self.one():
            body = {"about": "organisation", "organisation": random.choice(family.wanted), "text": "Сынақ шағымы."}
            key = {"idempotency-key": str(uuid.uuid4())}
            self.ask("fileComplaint", "POST", "/v1/complaints", family.token, body, (201,), key)


class PasserBy(Person):
    """Anyone: what is public."""

    @task(3)
    def queue(self):
        year, language = self.town.today().year - random.choice((3, 4)), random.choice(LANGUAGES)
        garden = random.choice(self.town.gardens)
        self.ask("readQueue", "GET", f"/v1/queues/{garden}?birthYear={year}&language={language}")

    @task(1)
    def organisations(self):
        self.ask("listOrganisations", "GET", f"/v1/organisations?settlement={SETTLEMENT}")


class Kindergarten(Person):
    """Works for any of the organisations, so that two may decide the same."""

    def garden(self):
        bin = random.choice(self.town.gardens)
        return bin, f"/v1/organisations/{bin}", self.town.garden_tokens[bin]

    @task(8)
    def referrals(self):
        _, path, token = self.garden()
        seen = self.done("listReferrals", "GET", f"{path}/referrals", token)
        for referral in [one for one in (seen or {"items": []})["items"] if one["stage"] == "submitted"][:3]:
            refuse = {"decision": "refuse", "ground": 2, "note": "Сынақ себебі."}
            body = random.choices(({"decision": "confirm"}, refuse), (4, 1))[0]
            # Days have passed since they were handed in: the certificate of health may be too old by now, and is asked for again.
            decide = lambda body: self.ask("decideDocuments", "POST", f"{path}/referrals/{referral['id']}/documents-decision",
                                           token, body, rules=("P28.1",))
            said = decide(body)
            if said and said.status == 422:
                decide({"decision": "return", "expired": ["health-certificate"]})

    @task(1)
    def bulletin(self):
        bin, path, token = self.garden()
        name = f"load-{uuid.uuid4().hex[:12]}"
        body = self.town.bulletin(bin, name, random.choice((1, 2, 3)))
        target = {"x-amz-target": "AmazonSQS.SendMessage", "content-type": "application/x-amz-json-1.0"}
        message = {"QueueUrl": f"{self.town.base}/000000000000/bulletins", "MessageBody": json.dumps(body)}
        # SQS may hand a message over twice, and so may a kindergarten: the second changes nothing.
        send = lambda: self.ask("bulletin (SendMessage)", "POST", "/000000000000/bulletins", None, message, headers=target)
        sent = [send() for _ in range(random.choice((1, 1, 1, 2)))]
        if any(sent):
            self.town.arrived(body)
            self.ask("readBulletin", "GET", f"{path}/bulletins/{name}", token)

    @task(3)
    def vacancies(self):
        _, path, token = self.garden()
        seen = self.done("listVacancies", "GET", f"{path}/vacancies", token)
        free = [one["id"] for one in (seen or {"items": []})["items"] if one["status"] == "open"]
        if free and random.random() < 0.1:
            self.ask("withdrawVacancy", "POST", f"{path}/vacancies/{random.choice(free)}/withdrawal", token,
                     {"reason": "Жөндеу"})


class Officer(Person):
    """Decides what waits, soonest due first; two may take the same task."""

    @task(8)
    def work(self):
        seen = self.done("listTasks", "GET", "/v1/workplace/tasks", self.town.officer)
        for one in (seen or {"items": []})["items"][:3]:
            if one["kind"] == "complaint":
                self.complaint(one["complaint"])
            elif one["kind"] == "refusal-review":
                self.review(one["application"])
            elif one["application"]:
                self.decide(one)

    def complaint(self, id):
        if seen := self.ask("readComplaint", "GET", f"/v1/complaints/{id}", self.town.officer):
            self.ask("moveComplaint", "POST", f"/v1/workplace/complaints/{id}/state", self.town.officer,
                     {"state": "answered", "answer": "Сынақ жауабы."}, headers={"if-match": seen.headers["etag"]})

    def decide(self, one):
        refuse = {"decision": "refuse", "ground": 2, "note": "Сынақ себебі."}
        body = random.choices(({"decision": "confirm"}, refuse), (6, 1))[0]
        path = f"/v1/workplace/applications/{one['application']}/decision"
        self.ask("decideApplication", "POST", path, self.town.officer, {**body, "task": one["kind"]})

    def review(self, application):
        seen = self.done("readApplication", "GET", f"/v1/applications/{application}", self.town.officer)
        if seen and seen["referral"]:
            path = f"/v1/workplace/referrals/{seen['referral']['id']}/review"
            self.ask("reviewRefusal", "POST", path, self.town.officer,
                     {"decision": random.choice(("uphold", "overturn")), "note": "Сынақ себебі."})

    @task(1)
    def organisation(self):
        bin = random.choice(self.town.gardens)
        body = self.town.garden_body(random.choice(("Бота", "Балапан", "Ақбота")))
        said = self.ask("putOrganisation", "PUT", f"/v1/workplace/organisations/{bin}", self.town.officer, body,
                        headers={"if-match": self.town.tags[bin]})
        if said and said.status == 200:
            self.town.tags[bin] = said.headers["etag"]

    @task(1)
    def archive(self):
        if self.town.families and random.random() < 0.3:
            family = random.choice(self.town.families)
            self.ask("archiveApplication", "POST", f"/v1/workplace/applications/{family.id}/archive", self.town.officer,
                     {"reason": "violation", "note": "Сынақ себебі."})


class Clock(Person):
    """Time: a day passes, with everything that falls due in it. Everybody else waits meanwhile."""

    day = 10

    def wait_time(self):
        return self.day

    def on_start(self):
        gevent.sleep(self.day)

    @task
    def pass_a_day(self):
        said = self.done("(a day passes)", "POST", "/_local/clock", body={"advance": "P1D"})
        if said:
            self.town.it_is(said["now"])
            self.town.days += 1
