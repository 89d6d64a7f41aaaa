"""A crowd under fire: many families at once while functions die, and then whether anything was lost or given twice."""

import collections
import random
import threading

from .client import eventually, now
from .outside import SMS_CODE
from .report import Failed
from .world import Family

# Of ten families: how many accept, decline, withdraw; the rest stay silent.
PLANS = ["enrol"] * 3 + ["accept"] * 2 + ["decline"] * 2 + ["withdraw", "silent", "silent"]


class Crowd:
    def __init__(self, world, report, seed, families=40, threads=6):
        self.world, self.report, self.random = world, report, random.Random(seed)
        self.gardens = [world.open_organisation() for _ in range(3)]
        self.places = {}
        self.waiting = collections.deque()
        for n in range(families):
            family = Family(world)
            family.plan = PLANS[n % len(PLANS)]
            family.wanted = self.random.sample(self.gardens, self.random.choice((1, 2, 3)))
            self.waiting.append(family)
        self.families = list(self.waiting)
        self.threads = threads
        self.failures = []

    def live(self):
        """Everyone acts; bulletins come in between, some of them twice."""
        workers = [threading.Thread(target=self.work, daemon=True) for _ in range(self.threads)]
        for worker in workers:
            worker.start()
        for n in range(3):
            for garden in self.gardens:
                count = self.random.randint(2, 5)
                self.places[garden] = self.places.get(garden, 0) + count
                lines = [self.world.line(1, count)]
                for _ in range(self.random.choice((1, 2))):
                    self.world.send_bulletin(garden, f"crowd-{n}", lines)
        for worker in workers:
            worker.join()
        if self.failures:
            raise self.failures[0]

    def work(self):
        while not self.failures:
            try:
                family = self.waiting.popleft()
            except IndexError:
                return
            try:
                self.act(family)
            except Exception as error:  # Told by the one who waits for all.
                self.failures.append(error)

    def act(self, family):
        world = self.world
        # A client that got its answer but isn't sure sends the request again.
        ids = {family.submit(*family.wanted).json["id"] for _ in range(2)}
        if len(ids) != 1:
            raise Failed(f"one key made the applications {ids}")
        if family.plan == "withdraw":
            family.post("withdrawal")
        elif family.plan != "silent":
            try:
                offer = family.await_offer(15)
            except Failed:
                return  # Not everyone gets a place.
            answered = family.answer(offer, "decline" if family.plan == "decline" else "accept", (200, 409))
            if answered.status == 200 and family.plan == "enrol":
                self.enrol(family, offer["organisation"])

    def enrol(self, family, garden):
        world = self.world
        family.post("enrolment", family.papers())
        referral = family.see()["referral"]["id"]
        path = f"/v1/organisations/{garden}/referrals/{referral}/documents-decision"
        world.api.expect(200, "POST", path, world.organisation(garden), {"decision": "confirm"})
        family.post("contract/signature", {"means": "sms-code", "proof": SMS_CODE})

    def each(self, chaos, rounds=25):
        """Lives that touch every function, one after the other, until each has been hit in mid-flight."""
        functions = set(self.world.deployment.functions.values())
        for n in range(rounds):
            chaos.aim = functions - set(chaos.hits())
            if not chaos.aim:
                break
            self.touch_all(n)
        chaos.aim = set()
        missed = functions - set(chaos.hits())
        self.report.check("each function was killed in mid-flight", not missed, f"never {', '.join(sorted(missed))}")

    def touch_all(self, n):
        world = self.world
        garden = world.open_organisation()
        self.gardens.append(garden)
        family = Family(world, benefit=10)
        world.outside.benefits[family.child] = [10]
        self.families.append(family)
        ids = {family.submit(garden).json["id"] for _ in range(2)}
        if len(ids) != 1:
            raise Failed(f"one key made the applications {ids}")
        token, path = family.token, f"/v1/applications/{family.id}/position"
        world.api.expect(200, "GET", path, token)
        complaint = {"about": "organisation", "organisation": garden, "text": "Сынақ шағымы."}
        sent = {world.api.expect(201, "POST", "/v1/complaints", token, complaint, family.key).json["id"] for _ in range(2)}
        if len(sent) != 1:
            raise Failed(f"one key made the complaints {sent}")
        self.places[garden] = 1
        world.places(garden, f"touch-{n}", 1)
        world.sweep("deadlines", now())
        eventually("the register's answer", lambda: family.see()["status"] != "verifying", 60)
        offer = family.offer() or family.await_offer(60)
        family.answer(offer, "accept")
        self.enrol(family, offer["organisation"])

    # ------------------------------------------------------------------------------------------------ afterwards

    def settle(self):
        """Waits until nothing moves any more: the queues are empty, and the bus has been silent for a while."""
        heard = [len(self.world.hear())]

        def still():
            held = self.world.waiting_messages()
            busy = {name: n for name, n in held.items() if n and not name.endswith("Dead")}
            heard.append(len(self.world.hear()))
            return not busy and len(heard) > 8 and len(set(heard[-8:])) == 1

        eventually("rest", still, 120, 0.5)

    def check(self):
        report, seen = self.report, {family.id: family.see() for family in self.families}
        report.equal("every submission is there, exactly once", len(seen), len(self.families))
        self.check_seats(seen)
        self.check_queues(seen)
        self.check_lives(seen)
        self.check_outlets(seen)
        return seen

    def check_seats(self, seen):
        """A place is held by one child at most, and a child holds one at most."""
        holds = collections.Counter()
        for application in seen.values():
            for offer in application["offers"]:
                holds[(offer["organisation"], "offered")] += offer["status"] == "open"
            referral = application["referral"]
            if referral and referral["status"] == "issued":
                holds[(referral["organisation"], "referred")] += 1
            if referral and referral["status"] == "used":
                holds[(referral["organisation"], "filled")] += 1
        for garden, places in self.places.items():
            vacancies = self.world.vacancies(garden)
            found = collections.Counter(v["status"] for v in vacancies)
            holds[(garden, "open")] = found["open"]
            self.same(f"the places of {garden}", len({v["id"] for v in vacancies}), places)
            held = {status: n for (of, status), n in holds.items() if of == garden and n}
            self.same(f"who holds the places of {garden}", dict(found), held)
            referrals = [r["id"] for r in self.world.api.pages(
                f"/v1/organisations/{garden}/referrals", self.world.organisation(garden))]
            self.same(f"the referrals to {garden}", len(set(referrals)), len(referrals))
        self.report.ok("as many places as the bulletins named, each taken one is one child's, no referral twice")
        given = sum(n for (_, status), n in holds.items() if status != "open")
        self.report.fact("places given / still open", f"{given} / {sum(holds.values()) - given}")

    @staticmethod
    def same(what, found, expected):
        if found != expected:
            raise Failed(f"{what}: {found!r} instead of {expected!r}")

    def check_queues(self, seen):
        """Who waits stands in the public queue, once, and nobody else; nobody waits beside a free place."""
        for garden in self.gardens:
            tags = [entry["tag"] for entry in self.world.queue(garden)]
            waiting = [e["tag"] for a in seen.values() for e in a["entries"]
                       if e["organisation"] == garden and e["status"] == "waiting"]
            self.same(f"who stands in the queue of {garden}", sorted(tags), sorted(waiting))
            # Whoever declines a place leaves the queue: a free one would go to anyone who waits.
            free = [v["id"] for v in self.world.vacancies(garden) if v["status"] == "open"]
            if free and waiting:
                raise Failed(f"{len(waiting)} wait for {garden} beside {len(free)} free places")
        self.report.ok("each queue is who waits for it, and nobody waits beside a free place")

    def check_lives(self, seen):
        for id, application in seen.items():
            live = [o["organisation"] for o in application["offers"] if o["status"] == "open"]
            if len(live) != len(set(live)):
                raise Failed(f"{id} holds two offers of one organisation")
            for what in ("referral-issued", "enrolled", "registered"):
                if sum(line["what"] == what for line in application["history"]) > 1:
                    raise Failed(f"{id} was {what} twice")
        done = collections.Counter(a.get("archiveReason", a["status"]) for a in seen.values())
        self.report.ok(f"no life is told twice: {', '.join(f'{n} {what}' for what, n in sorted(done.items()))}")
        self.report.fact("what became of the crowd", dict(sorted(done.items())))

    def check_outlets(self, seen):
        """Every event of every history went out, each notice stands once in its cabinet and once among the events."""
        heard = self.world.hear()
        for id in seen:
            versions = {int(e["data"]["seq"]) for e in heard.values()
                        if e["subject"] == id and e["type"].startswith("kezek.application.")}
            if versions != set(range(1, max(versions, default=0) + 1)):
                raise Failed(f"{id}: events of the steps {sorted(versions)} only")
            cabinet = len(self.world.cabinet(id))
            notices = len(self.world.notices(id))
            if cabinet != notices or not cabinet:
                raise Failed(f"{id}: {cabinet} notices in the cabinet, {notices} told")
        self.report.ok("every step of every application was told, each notice is one")
        self.report.fact("events / deliveries", f"{len(heard)} / {self.world.deliveries}")
