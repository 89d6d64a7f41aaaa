"""Kills function processes in mid-flight: those of the emulator that this run started, by their ids, and only while they work."""

import os
import random
import re
import threading
import time


class Chaos:
    """While it runs, now and then a working function dies. A process that is idle between two invocations loses nothing by dying, so
    the kills look for one that has just been given something to do."""

    def __init__(self, ministack, seed, every=(0.25, 0.7)):
        self.ministack, self.every = ministack, every
        self.random = random.Random(seed)
        self.killed = {}
        # The functions that are to be hit, and no other; none: any.
        self.aim = None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def processes(self):
        """The emulator's own children that run a function: id and function."""
        found = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                if parent != self.ministack.process.pid:
                    continue
                with open(f"/proc/{entry}/environ", "rb") as environ:
                    name = re.search(rb"AWS_LAMBDA_FUNCTION_NAME=([^\0]+)", environ.read())
            except (OSError, ProcessLookupError):
                continue
            if name:
                found[int(entry)] = name.group(1).decode()
        return found

    @staticmethod
    def switches(pid):
        """How often the process has given up the processor: it stands still while it waits for an invocation."""
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8") as status:
                return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
        except (OSError, ProcessLookupError):
            return None

    def run(self):
        while not self.ending.wait(self.random.uniform(*self.every)):
            self.strike()

    def strike(self):
        """Waits for a process to begin something, lets it come to a random point of it, and kills it."""
        aimed = lambda name: self.aim is None or name in self.aim
        before = {pid: self.switches(pid) for pid, name in self.processes().items() if aimed(name)}
        for _ in range(200):
            if self.ending.wait(0.002):
                return
            busy = [pid for pid, seen in before.items() if self.switches(pid) not in (seen, None)]
            if busy:
                pid = self.choose(busy)
                time.sleep(self.random.uniform(0, 0.03))
                name = self.processes().get(pid)
                if name:
                    os.kill(pid, 9)
                    self.killed[name] = self.killed.get(name, 0) + 1
                return

    def choose(self, busy):
        """Rather one of a function that was hit least."""
        names = self.processes()
        least = min(self.killed.get(names.get(pid), 0) for pid in busy)
        return self.random.choice([pid for pid in busy if self.killed.get(names.get(pid), 0) == least])

    def hits(self):
        """Kills that met an invocation, by function: the emulator says so of each."""
        with open(self.ministack.log_path, encoding="utf-8", errors="replace") as log:
            lines = re.findall(r"Lambda (\S+): Runtime exited before returning a response", log.read())
        return {name: lines.count(name) for name in sorted(set(lines))}

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
