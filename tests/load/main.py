"""A run: prepares a town, lets people live in it for a bounded time, lets it come to rest, and tells what was seen."""

# First of all: it makes waiting cooperative for whatever is imported after it.
import locust  # noqa: F401  isort: skip

import argparse
import logging
import os
import random
import sys

import gevent
import psutil
from driver.client import Document
from gevent.event import Event
from locust.env import Environment

import report
from people import Clock, Kindergarten, Officer, Parent, PasserBy, Person
from town import Town, Unfit

MIB = 1024 * 1024
# How long who is asked to stop may take to finish what was begun.
PATIENCE = 30
# How long all that is done before and after the load may take.
AROUND = 300


def bounded(low, high):
    def number(text):
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"from {low} to {high}")
        return value

    return number


def arguments():
    parser = argparse.ArgumentParser(usage="tests/load/run [OPTIONS], --help tells them", add_help=False)
    parser.add_argument("--base", required=True)
    parser.add_argument("--stack", type=int, required=True, help="the process id of the stack")
    parser.add_argument("--users", type=bounded(5, 500), default=50)
    parser.add_argument("--seconds", type=bounded(5, 900), default=60)
    parser.add_argument("--rate", type=bounded(0, 10_000), default=100)
    parser.add_argument("--day", type=bounded(0, 900), default=10)
    parser.add_argument("--organisations", type=bounded(4, 100), default=8)
    parser.add_argument("--memory", type=bounded(64, 65_536), default=2048)
    parser.add_argument("--seed", type=int, default=133)
    return parser.parse_args()


def memory(pid):
    """What a process holds in memory, in bytes; nothing if it is gone."""
    try:
        process = psutil.Process(pid)
        return 0 if process.status() == psutil.STATUS_ZOMBIE else process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def cast(options):
    """Who lives there: as in life most are parents."""
    Officer.fixed_count = max(1, options.users // 25)
    Kindergarten.fixed_count = max(1, options.users // 10)
    PasserBy.fixed_count = max(1, options.users // 8)
    Parent.fixed_count = options.users - Officer.fixed_count - Kindergarten.fixed_count - PasserBy.fixed_count
    people = [Parent, PasserBy, Kindergarten, Officer]
    if options.day:
        Clock.day, Clock.fixed_count = options.day, 1
        people.append(Clock)
    Person.pace = options.rate / options.users
    return people, options.users + (1 if options.day else 0)


def watched(options, over, seen):
    """Ends the load early when the stack is gone or holds more than it may."""
    while True:
        held = memory(options.stack)
        seen["memory"] = max(seen.get("memory", 0), held)
        if not held or held > options.memory * MIB:
            seen["why"] = f"the stack holds {held // MIB} MiB, more than {options.memory}" if held else "the stack is gone"
            over.set()
            return
        gevent.sleep(0.5)


def live(town, options):
    people, count = cast(options)
    Person.town = town
    Person.document = Document(town.expect((200,), "GET", "/v1/openapi.json").json())
    environment = Environment(user_classes=people, host=town.base, stop_timeout=PATIENCE)
    runner = environment.create_local_runner()
    over, seen = Event(), {}
    watch = gevent.spawn(watched, options, over, seen)
    # All within three seconds, not in one instant.
    runner.start(count, spawn_rate=max(5, count / 3))
    over.wait(options.seconds)
    # Whoever is asked to stop finishes what was begun.
    runner.stop()
    watch.kill()
    return environment, seen


def run(options, wrong):
    town = Town(options.base)
    town.prepare(options.organisations)
    print(f"-- {options.users} people for {options.seconds} s, on {os.cpu_count()} processors", flush=True)
    environment, seen = live(town, options)
    wrong += [seen["why"]] if "why" in seen else []
    wrong += report.tell(environment, Person, options)
    if "why" not in seen:
        town.settle()
        wrong += town.remembers()
    report.sum_up(town, Person, seen)


def main():
    options = arguments()
    random.seed(options.seed)
    logging.basicConfig(level=logging.WARNING, format="   %(levelname)s %(message)s")
    wrong = []
    try:
        with gevent.Timeout(options.seconds + PATIENCE + AROUND, Unfit("it takes too long")):
            run(options, wrong)
    except Unfit as error:
        wrong.append(str(error))
    for what in wrong[:20]:
        print(f"FAILED: {what[:2000]}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
