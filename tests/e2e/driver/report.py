"""What a run did, in words: each check as it is done, and what was measured."""

import threading
import time


class Failed(Exception):
    """Something isn't as it must be."""


class Report:
    def __init__(self):
        self.started = time.monotonic()
        self.checks = 0
        self.facts = []
        self.lock = threading.Lock()

    def part(self, title):
        self.say(f"\n== {title}  ({time.monotonic() - self.started:.0f} s)")

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    def ok(self, what):
        with self.lock:
            self.checks += 1
        self.say(f"   ok  {what}")

    def fact(self, name, value):
        self.facts.append((name, value))

    def check(self, what, holds, why=""):
        if not holds:
            raise Failed(f"{what}{': ' if why else ''}{why}")
        self.ok(what)

    def equal(self, what, found, expected):
        self.check(what, found == expected, f"{found!r} instead of {expected!r}")

    def end(self):
        self.say("\n== what was seen")
        for name, value in self.facts:
            self.say(f"   {name:<34} {value}")
        self.say(f"\n== all {self.checks} checks hold ({time.monotonic() - self.started:.0f} s)")
