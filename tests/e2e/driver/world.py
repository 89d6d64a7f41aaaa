"""The world of a run: the deployed stack with its people. Here is how each of them acts; what is expected of it is in the stories."""

import json
import threading
import time

from . import outside as out
from .client import Api, Document, control_digit, eventually, iso, key, now, numbers
from .report import Failed

SETTLEMENT = "750000000"


class Family:
    """A parent with one child."""

    def __init__(self, world, benefit=13, birth="", documents=()):
        with world.lock:
            self.parent, self.child = next(world.people), next(world.people)
        self.world, self.benefit, self.birth, self.documents = world, benefit, birth or world.birth_date(), list(documents)
        self.token = world.outside.token("applicant", iin=self.parent)
        self.key = key()
        self.id = None

    def body(self, organisations):
        return {
            "applicant": {"iin": self.parent, "fullName": "Сыналушы Ата-ана", "address": "Ойдан шығарылған көше, 1",
                          "phone": "+77010000000"},
            "child": {"iin": self.child, "fullName": "Сыналушы Бала", "birthDate": self.birth},
            "settlement": SETTLEMENT, "language": "kk", "organisations": list(organisations), "benefit": self.benefit,
            "documents": self.documents, "consent": True,
        }

    def submit(self, *organisations):
        answer = self.world.api.expect(201, "POST", "/v1/applications", self.token, self.body(organisations), self.key)
        self.id = answer.json["id"]
        return answer

    def post(self, what, body=None, status=200):
        return self.world.api.expect(status, "POST", f"/v1/applications/{self.id}/{what}", self.token, body)

    def see(self):
        return self.world.api.expect(200, "GET", f"/v1/applications/{self.id}", self.token).json

    def entry(self, organisation):
        return next(e for e in self.see()["entries"] if e["organisation"] == organisation)

    def offer(self):
        """The open offer, if there is one."""
        return next((o for o in self.see()["offers"] if o["status"] == "open"), None)

    def await_offer(self, seconds=60):
        return eventually("an offer", self.offer, seconds)

    def answer(self, offer, answer, status=200):
        return self.post(f"offers/{offer['id']}/answer", {"answer": answer}, status)

    def papers(self):
        today = self.world.today()
        kinds = ("vaccination-card", "health-passport", "health-certificate")
        return {"documents": [{"kind": kind, "issuedOn": today, "reference": "00-1"} for kind in kinds]}


class World:
    def __init__(self, ministack, deployment, outside):
        self.ministack, self.deployment, self.outside = ministack, deployment, outside
        self.api = Api(ministack, deployment.api)
        self.people = numbers("000000")
        self.bins = numbers("9901400")
        self.lock = threading.Lock()
        self.officer = outside.token("officer", territory="75")
        self.events = {}
        self.deliveries = 0

    def read_document(self):
        self.api.document = Document(self.api.expect(200, "GET", "/v1/openapi.json").json)

    @staticmethod
    def today():
        # Almaty is five hours ahead.
        return iso_day(now().timestamp() + 5 * 3600)

    def birth_date(self):
        return f"{int(self.today()[:4]) - 3}-05-14"

    @property
    def birth_year(self):
        return int(self.birth_date()[:4])

    def open_all_hours(self):
        """Every day of these years a working one and every hour a working hour: a run may begin whenever it likes."""
        api, year = self.api, int(self.today()[:4])
        for year in (year, year + 1):
            days = (iso_day(time.mktime((year, 1, 1 + n, 12, 0, 0, 0, 0, 0))) for n in range(366))
            weekends = [d for d in days if d.startswith(str(year)) and weekday(d) > 4]
            table = {"daysOff": [], "workingWeekends": weekends}
            api.expect(201, "PUT", f"/v1/workplace/calendar/{year}", self.officer, table)
        policy = {"outOfHours": "at-once", "workingHours": {"from": "00:00", "until": "23:59:59"}}
        body = {"version": 1, "from": "2026-01-01", "territory": ["75"], "policy": policy}
        api.expect(201, "PUT", "/v1/workplace/policies/all-hours", self.officer, body)

    def open_organisation(self):
        with self.lock:
            number = next(self.bins)
        body = {"names": {"kk": "Сынақ балабақшасы", "ru": "Детский сад «Проба»"}, "type": "kindergarten",
                "settlement": SETTLEMENT, "languages": ["kk", "ru"], "streams": ["general"], "open": True}
        self.api.expect((200, 201), "PUT", f"/v1/workplace/organisations/{number}", self.officer, body)
        return number

    def organisation(self, number):
        return self.outside.token("organisation", bin=number)

    # ------------------------------------------------------------------------------------------------ queues

    @property
    def sqs(self):
        return self.ministack.client("sqs")

    def send_bulletin(self, organisation, name, lines):
        body = {"bulletinId": name, "organisation": organisation, "issuedAt": iso(now()), "kind": "current", "lines": lines}
        self.send(json.dumps(body))

    def send(self, text):
        self.sqs.send_message(QueueUrl=self.deployment.queues()["Bulletins"], MessageBody=text)

    def line(self, line, count, **other):
        return {"line": line, "count": count, "groupType": "junior", "language": "kk", "regimeHours": 10.5,
                "birthYears": [self.birth_year], **other}

    def places(self, organisation, name, count):
        self.send_bulletin(organisation, name, [self.line(1, count)])

    def bulletin(self, organisation, name, seconds=60):
        path, token = f"/v1/organisations/{organisation}/bulletins/{name}", self.organisation(organisation)
        taken = lambda: (lambda a: a.json if a.status == 200 else None)(self.api.call("GET", path, token))
        return eventually(f"the bulletin {name}", taken, seconds)

    def vacancies(self, organisation):
        return self.api.pages(f"/v1/organisations/{organisation}/vacancies", self.organisation(organisation))

    def queue(self, organisation):
        return self.api.pages(f"/v1/queues/{organisation}?birthYear={self.birth_year}&language=kk")

    def waiting_messages(self):
        """How many messages each queue holds, seen or unseen."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        held = {}
        for name, url in self.deployment.queues().items():
            said = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            held[name] = sum(int(said[n]) for n in names)
        return held

    # ------------------------------------------------------------------------------------------------ the bus

    def subscribe(self):
        """A monitoring system: a queue behind a rule of the project's bus."""
        self.inbox = self.sqs.create_queue(QueueName="monitoring")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus, events = self.deployment.physical["EventBus"], self.ministack.client("events")
        events.put_rule(Name="monitoring", EventBusName=bus, EventPattern=json.dumps({"source": ["kezek"]}))
        events.put_targets(Rule="monitoring", EventBusName=bus, Targets=[{"Id": "inbox", "Arn": arn}])

    def hear(self):
        """Takes what has come over the bus. The same id twice is the same event; with another content it is a lie."""
        while True:
            got = self.sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10, WaitTimeSeconds=0)
            messages = got.get("Messages", [])
            if not messages:
                return self.events
            for message in messages:
                event = json.loads(message["Body"])["detail"]
                self.deliveries += 1
                known = self.events.setdefault(event["id"], event)
                if known != event:
                    raise Failed(f"two events of the id {event['id']}: {known} and {event}")
                self.sqs.delete_message(QueueUrl=self.inbox, ReceiptHandle=message["ReceiptHandle"])

    def heard(self, subject):
        return [e for e in list(self.hear().values()) if e["subject"] == subject]

    def notices(self, application):
        return [e["data"]["kind"] for e in self.heard(application) if e["type"].startswith("kezek.notice.")]

    # ---------------------------------------------------------------------------------------------- the clock

    def sweep(self, name, at):
        """A schedule's tick: the function invoked with the instant that the schedule would hand over."""
        event = json.dumps({"sweep": name, "scheduledTime": iso(at)})
        function = self.deployment.functions["expiry-sweep"]
        for _ in range(20):
            got = self.ministack.client("lambda").invoke(FunctionName=function, Payload=event)
            if "FunctionError" not in got:
                return json.loads(got["Payload"].read())
        raise Failed(f"the sweep {name} fails again and again: {got['Payload'].read()[:400]!r}")

    def items(self, **query):
        """Items of the table, for what has no interface of its own: the cabinet's notices."""
        pages = self.ministack.client("dynamodb").get_paginator("query")
        found = pages.paginate(TableName=self.deployment.physical["Table"], **query)
        return [item for page in found for item in page["Items"]]

    def cabinet(self, application):
        """The keys of the notices in an application's cabinet."""
        return sorted(item["sk"]["S"] for item in self.items(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"A#{application}"}, ":sk": {"S": "N#"}},
        ))

    # ---------------------------------------------------------------------------------------------- the logs

    def log_lines(self, function):
        """Everything that a function has logged."""
        logs, group = self.ministack.client("logs"), f"/aws/lambda/{self.deployment.functions[function]}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]


def iso_day(seconds):
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def weekday(day):
    return time.strptime(day, "%Y-%m-%d").tm_wday
