"""A run from its beginning to its end: deploys, tells the stories, lets a crowd live while functions die, and checks what is left."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

from . import stories
from .chaos import Chaos
from .crowd import Crowd
from .outside import AUDIENCE, Outside, referral_key
from .report import Failed, Report
from .stack import REGION, Deployment, Ministack
from .world import World

SECRET = "e2e-only-0123456789abcdef0123456789abcdef"


def arguments():
    parser = argparse.ArgumentParser(prog="tests/e2e/run")
    parser.add_argument("--template", required=True)
    parser.add_argument("--binaries", required=True)
    parser.add_argument("--ministack", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--checker", help="the program that walks every invariant of a table")
    parser.add_argument("--families", type=int, default=40)
    parser.add_argument("--seed", type=int, default=133)
    parser.add_argument("--contract", help="the test program with the SQS contract")
    return parser.parse_args()


def values(outside):
    """The parameters that a platform team gives; the issuer's keys are found by its own configuration."""
    versions = lambda secret: json.dumps({"current": 1, "keys": {"1": secret}})
    return {
        "TokenIssuer": outside.issuer, "TokenAudience": AUDIENCE,
        "PersonKeys": versions(SECRET), "ReferralKeys": versions(referral_key()[1]),
        "RegisterUrl": f"{outside.url}/registers", "SignatureUrl": f"{outside.url}/signatures",
    }


def personal(world, report):
    """No log line holds what belongs to a person."""
    canaries = ["000000", "Сыналушы", "Ойдан", "+7701"]
    lines = leaks = 0
    for function in world.deployment.functions:
        for line in world.log_lines(function):
            lines += 1
            if any(canary in line for canary in canaries):
                leaks += 1
                report.say(f"   {function}: {line[:300]}")
    report.check(f"no person in {lines} lines of logs", lines > 0 and not leaks, f"{leaks} lines name one")


def dead(world, report, expected):
    held = {name: n for name, n in world.waiting_messages().items() if n and name.endswith("Dead")}
    report.equal("the dead letters hold what they should", held, expected)


def ask_contract(world, options):
    """The SQS contract suite against the emulator; it waits for time-outs, so it is begun early."""
    if not options.contract:
        return None
    command = [options.contract, "--ignored", "--exact", "aws::tests::another_servers_queues_keep_the_contract"]
    environment = {**os.environ, "SQS_CONTRACT_ENDPOINT": world.ministack.url}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def keeps_contract(asked, report):
    if asked is None:
        return
    said, _ = asked.communicate(timeout=180)
    report.check("the emulator's queues keep the SQS contract", asked.returncode == 0 and "1 passed" in said, said)


def walk_invariants(world, report, options):
    """Every invariant that the table can show, walked by a program that knows nothing of this run."""
    if not options.checker:
        return
    table = world.deployment.physical["Table"]
    command = [options.checker, "--table", table, "--endpoint", world.ministack.url, "--at-rest"]
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
    done = subprocess.run(command, env={**os.environ, **keys}, capture_output=True, text=True, timeout=300, check=False)
    report.check("the checker finds no breach in the table", done.returncode == 0, done.stdout + done.stderr)


def tell(world, report, options):
    report.part("The registry, the document, the bus")
    world.open_all_hours()
    world.read_document()
    world.subscribe()
    world.deployment.hurry()
    fired = stories.schedule(world, report)
    asked = ask_contract(world, options)
    for story in (stories.main_job, stories.benefits, stories.bulletins, stories.refusals):
        report.part(story.__doc__)
        story(world, report)
    report.part("A schedule fires by itself")
    report.check("it fired", fired() >= 1)
    keeps_contract(asked, report)

    report.part(f"{options.families} families while functions die")
    crowd = Crowd(world, report, options.seed, options.families)
    with Chaos(world.ministack, options.seed) as chaos:
        crowd.live()
        crowd.each(chaos)
        crowd.settle()
    crowd.settle()
    hits = chaos.hits()
    report.check(f"{sum(hits.values())} of {sum(chaos.killed.values())} kills met an invocation", sum(hits.values()) > 0)
    report.fact("killed in mid-flight", hits)
    crowd.check()
    walk_invariants(world, report, options)
    report.part(stories.terms.__doc__)
    stories.terms(world, report)
    report.part("What is left")
    dead(world, report, {"BulletinsDead": 1})
    personal(world, report)
    report.fact("requests / asked again", f"{world.api.calls} / {world.api.repeated}")
    report.fact("answers held against the document", sum(len(s) for s in world.api.document.seen.values()))


def main():
    options, report = arguments(), Report()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outside = Outside()
    ministack = Ministack(options.ministack, options.log)
    try:
        report.part("Deployment")
        started = time.monotonic()
        deployment = Deployment(ministack, options.template, options.binaries, values(outside))
        report.ok(f"template.yaml is deployed: {len(deployment.functions)} functions, {len(deployment.routes)} routes")
        report.fact("deployed in", f"{time.monotonic() - started:.0f} s")
        tell(World(ministack, deployment, outside), report, options)
        report.end()
    except Failed as failure:
        report.say(f"\nFAILED: {failure}\n(the emulator's log: {options.log})")
        return 1
    finally:
        ministack.stop()
        outside.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
