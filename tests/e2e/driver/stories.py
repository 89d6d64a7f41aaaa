"""The stories that a deployment must be able to tell: the main job, what is refused, bulletins, terms. Each on an organisation of its own."""

import datetime
import json
import time

from .client import eventually, iso, key, now
from .outside import SMS_CODE, Keys
from .world import Family


def day(at):
    return at.strftime("%Y-%m-%d")


def main_job(world, report):
    """From the registry to the kindergarten: application, bulletin, offer, referral, documents, contract."""
    garden = world.open_organisation()
    listed = {o["organisation"] for o in world.api.pages("/v1/organisations?settlement=750000000")}
    report.check("an officer's organisation is in the public registry", garden in listed)
    first, second = Family(world), Family(world)
    submitted = first.submit(garden)
    report.equal("a submission is queued at once, with number 1 (P6.c, P3.9)",
                 (submitted.json["status"], submitted.json["entries"][0]["number"]), ("queued", 1))
    report.equal("it says where it is", submitted.headers["location"], f"/v1/applications/{first.id}")
    again = world.api.expect(201, "POST", "/v1/applications", first.token, first.body([garden]), first.key)
    report.equal("the same request again gets the same answer", again.json, submitted.json)
    other = {**first.body([garden]), "language": "ru"}
    reused = world.api.expect(422, "POST", "/v1/applications", first.token, other, first.key)
    report.equal("its key with another body is refused", reused.problem[0], "idempotency-key-reused")
    second.submit(garden)
    queue = world.queue(garden)
    report.equal("the public queue shows both, by number", [e["number"] for e in queue], [1, 2])
    report.equal("each parent finds the child by its tag", [e["tag"] for e in queue],
                 [first.entry(garden)["tag"], second.entry(garden)["tag"]])
    position = world.api.expect(200, "GET", f"/v1/applications/{second.id}/position", second.token).json
    report.equal("a position says how many stand ahead (P15.6)", position["entries"][0]["ahead"]["general"], 1)

    world.places(garden, "one", 1)
    offer = first.await_offer()
    report.equal("a bulletin becomes an offer to the child standing first (P16.a)", offer["organisation"], garden)
    report.check("the next child has none", second.offer() is None)
    accepted = first.answer(offer, "accept").json
    report.equal("an accepted offer is a referral (P22.a)", accepted["status"], "referred")
    repeated = first.answer(offer, "accept").json
    report.equal("the same answer again changes nothing", repeated["referral"], accepted["referral"])
    report.equal("another answer is a conflict", first.answer(offer, "decline", 409).status, 409)
    report.equal("who waits moves up", second.entry(garden)["number"], 1)
    enrol(world, report, garden, first)


def enrol(world, report, garden, family):
    token = world.organisation(garden)
    family.post("enrolment", family.papers())
    path = f"/v1/organisations/{garden}/referrals"
    waits = lambda: [r for r in world.api.pages(path, token) if r["stage"] == "submitted"]
    referral, = eventually("the documents", waits)
    report.equal("the organisation sees the documents handed in (P22.b)", len(referral["documents"]), 3)
    decision = f"{path}/{referral['id']}/documents-decision"
    decided = world.api.expect(200, "POST", decision, token, {"decision": "confirm"}).json
    report.equal("confirmed documents form the contract (P22.d)", decided["contract"]["status"], "formed")
    wrong = family.post("contract/signature", {"means": "sms-code", "proof": "000000"}, 422)
    report.equal("a wrong code signs nothing", wrong.problem[1], "P22.d")
    signed = family.post("contract/signature", {"means": "sms-code", "proof": SMS_CODE}).json
    report.equal("a signed contract enrols", (signed["status"], signed["archiveReason"]), ("archived", "enrolled"))
    report.equal("the place is filled", [v["status"] for v in world.vacancies(garden)], ["filled"])
    told = ["registered", "offer", "referral-issued", "documents-registered", "contract-ready", "enrolled"]
    heard = eventually("the notices", lambda: (lambda n: n if len(n) >= len(told) else None)(world.notices(family.id)))
    report.equal("each stage was told, once (N1)", sorted(heard), sorted(told))
    report.equal("and stands in the cabinet, once", len(world.cabinet(family.id)), len(told))


def benefits(world, report):
    """Lanes: a register confirms, an officer decides, and the numbers follow."""
    garden = world.open_organisation()
    general = Family(world)
    general.submit(garden)
    large = Family(world, benefit=10)
    world.outside.benefits[large.child] = [10]
    large.submit(garden)
    eventually("the register's answer (P6.b)", lambda: large.see()["status"] == "queued")
    report.equal("a benefit that a register confirms goes first (P10.d)", large.entry(garden)["number"], 1)
    refused = Family(world, benefit=10)
    refused.submit(garden)
    eventually("the register's no (P14)", lambda: refused.see()["status"] != "verifying")
    report.equal("one that it doesn't know is refused", refused.see()["status"], "refused")
    certificate = {"kind": "service-certificate", "issuedOn": world.today(), "reference": "00-1"}
    serving = Family(world, benefit=1, documents=[certificate])
    report.equal("out of turn waits for an officer (P6.a)", serving.submit(garden).json["status"], "verifying")
    tasks = world.api.pages("/v1/workplace/tasks", world.officer)
    report.check("who finds it among the tasks", any(t.get("application") == serving.id for t in tasks))
    path = f"/v1/workplace/applications/{serving.id}/decision"
    world.api.expect(200, "POST", path, world.officer, {"decision": "confirm"})
    numbers = [f.entry(garden)["number"] for f in (serving, large, general)]
    report.equal("confirmed, it stands first (P10.c)", numbers, [1, 2, 3])


def bulletins(world, report):
    """Bulletins with bad lines, twice, and one that nobody can read."""
    garden, token = world.open_organisation(), None
    token = world.organisation(garden)
    lines = [world.line(1, 2), world.line(2, 1, groupType="giant"), world.line(3, 1, regimeHours=7), world.line(1, 1)]
    world.send_bulletin(garden, "mixed", lines)
    seen = world.bulletin(garden, "mixed")
    report.equal("good lines are taken, bad ones told (P17.1)", [l["outcome"] for l in seen["lines"]],
                 ["taken", "refused", "refused", "refused"])
    report.check("each with its reason", all(l["problems"] for l in seen["lines"][1:]))
    world.send_bulletin(garden, "mixed", lines)
    world.send('{"bulletinId": "torn')
    letters = eventually("the dead letter", lambda: dead_letters(world, "BulletinsDead"), 90)
    report.equal("what can't be read ends in the dead letters, with its reason", [json.loads(l)["code"] for l in letters],
                 ["not-json"])
    report.check("and without what it says", "torn" not in letters[0])
    report.equal("the same bulletin twice makes no place twice", len(world.vacancies(garden)), 2)
    event = eventually("the bulletin on the bus", lambda: world.heard(garden))
    report.equal("and is told once", [e["data"]["badLines"] for e in event if e["type"].endswith("bulletin-taken")], [3])
    vacancy = world.vacancies(garden)[0]["id"]
    path = f"/v1/organisations/{garden}/vacancies/{vacancy}/withdrawal"
    withdrawn = world.api.expect(200, "POST", path, token, {"reason": "Жөндеу"}).json
    report.equal("an organisation withdraws a free place (K3)", withdrawn["status"], "withdrawn")


def dead_letters(world, queue):
    """What a queue holds, without taking it out for good."""
    url = world.deployment.queues()[queue]
    got = world.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [message["Body"] for message in got.get("Messages", [])]


def refusals(world, report):
    """What isn't right is refused, in the order of the interface, and changes nothing."""
    garden, api = world.open_organisation(), world.api
    family, stranger = Family(world), Family(world)
    family.submit(garden)
    good = stranger.body([garden])
    submit = lambda status, token, body=None, **other: api.expect(status, "POST", "/v1/applications", token, body, **other)
    claims = {"iin": stranger.parent}
    submit(401, None, good)
    submit(401, world.outside.token("applicant", keys=Keys(), **claims), good)
    submit(401, world.outside.token("applicant", aud="another", **claims), good)
    submit(401, world.outside.token("applicant", exp=int(time.time()) - 10, **claims), good)
    report.ok("401: no token, another's key, another audience, an expired one")
    submit(403, world.officer, good)
    path = f"/v1/applications/{family.id}"
    api.expect(403, "GET", path, world.organisation(garden))
    report.ok("403: a scope that the route isn't for")
    for method, what in (("GET", ""), ("GET", "/position"), ("POST", "/withdrawal"), ("POST", "/interest")):
        answer = api.expect(404, method, path + what, stranger.token, {"answer": "yes"} if what == "/interest" else None)
        report.check(f"404: another's {what or 'application'} isn't there", answer.problem[0] == "not-found")
    api.expect(404, "GET", f"/v1/organisations/{garden}/vacancies", world.organisation(world.open_organisation()))
    submit(413, stranger.token, raw=b"x" * 70_000, headers={"content-type": "application/json"})
    submit(415, stranger.token, raw=b"<a/>", headers={"content-type": "text/plain"})
    submit(400, stranger.token, raw=b'{"applicant":', headers={"content-type": "application/json"})
    report.ok("413, 415, 400: too large, no JSON, torn JSON")
    wrong = submit(400, stranger.token, {**good, "settlement": "75", "consent": "yes", "rank": 1}).json
    report.equal("400: all bad fields at once", sorted(e["pointer"] for e in wrong["errors"]),
                 ["/consent", "/rank", "/settlement"])
    old = {**good, "child": {**good["child"], "birthDate": "2015-05-14"}}
    report.equal("422: a rule refuses, by its name", submit(422, stranger.token, old).problem[1], "P11.a")
    report.equal("422: no consent (P5.e)", submit(422, stranger.token, {**good, "consent": False}).problem[1], "P5.e")
    change = {"organisations": [world.open_organisation(), garden]}
    api.expect(428, "PATCH", path, family.token, change)
    api.expect(412, "PATCH", path, family.token, change, {"if-match": '"99"'})
    etag = api.expect(200, "GET", path, family.token).headers["etag"]
    changed = api.expect(200, "PATCH", path, family.token, change, {"if-match": etag})
    report.equal("428, 412, and 200 with the version seen", len(changed.json["entries"]), 2)
    complaint = {"about": "organisation", "organisation": garden, "text": "Сынақ шағымы."}
    filed = api.expect(201, "POST", "/v1/complaints", family.token, complaint, key()).json
    moved = {"state": "in-review"}
    place = f"/v1/workplace/complaints/{filed['id']}/state"
    api.expect(428, "POST", place, world.officer, moved)
    api.expect(200, "POST", place, world.officer, moved, {"if-match": '"1"'})
    api.expect(404, "GET", f"/v1/complaints/{filed['id']}", stranger.token)
    report.ok("a complaint is filed, moved on, and nobody else's (P18)")
    report.equal("nothing of what was refused is queued", len(world.queue(garden)), 1)


def terms(world, report):
    """Silence: the schedule's instant lets an offer run out, and the place goes on."""
    garden = world.open_organisation()
    first, second = Family(world), Family(world)
    first.submit(garden)
    second.submit(garden)
    world.places(garden, "silent", 1)
    offer = first.await_offer()
    answer_by = datetime.datetime.fromisoformat(offer["answerBy"].replace("Z", "+00:00"))
    world.sweep("deadlines", answer_by - datetime.timedelta(minutes=1))
    report.equal("a minute before its end an offer stands", first.offer()["id"], offer["id"])
    reminded = eventually("the reminder", lambda: "offer-reminder" in world.notices(first.id))
    report.check("it was sent again after a day (P16.3)", reminded)
    world.sweep("deadlines", answer_by)
    report.equal("at its end it has lapsed (P15.d)", [o["status"] for o in first.see()["offers"]], ["lapsed"])
    report.equal("the entry is suspended", first.entry(garden)["status"], "suspended")
    passed = second.await_offer()
    report.equal("and the place went to the next (P16.3)", passed["organisation"], garden)
    world.sweep("deadlines", answer_by)
    report.equal("the same tick again changes nothing", len(first.see()["offers"]), 1)


def schedule(world, report):
    """A schedule of the template fires by itself."""
    scheduler = world.ministack.client("scheduler")
    name = f"kezek-{world.deployment.stage}-deadlines"
    swept = lambda: [l for l in world.log_lines("expiry-sweep") if '"swept"' in l]
    ticks = lambda: len([l for l in swept() if "Deadlines" in l])
    before = ticks()
    said = scheduler.get_schedule(Name=name)
    # ministack hands the input over as it stands, where AWS fills in the time of the tick: it is filled in here.
    target = {**said["Target"], "Input": said["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", iso(now()))}
    # It also drops the time zone, which decides nothing for a rate; the processed template has it.
    scheduler.update_schedule(Name=name, Target=target, ScheduleExpression=said["ScheduleExpression"],
                              FlexibleTimeWindow={"Mode": "OFF"}, State="ENABLED")
    schedules = [r["Properties"] for r in world.deployment.processed["Resources"].values()
                 if r["Type"] == "AWS::Scheduler::Schedule"]
    zones = {s["ScheduleExpressionTimezone"] for s in schedules}
    report.equal("all schedules go by the clocks of Almaty", (len(schedules), zones), (4, {"Asia/Almaty"}))
    return lambda: eventually("a tick of the schedule", lambda: ticks() - before, 90, 1)
