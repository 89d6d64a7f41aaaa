"""What was seen, in one table, and what of it is wrong."""

import collections

MIB = 1024 * 1024
LINE = "   {:<38} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8} {:>8}"


def row(name, entry, races):
    at = lambda part: f"{entry.get_response_time_percentile(part):.0f}"
    return LINE.format(name, entry.num_requests, entry.num_failures, races, at(0.5), at(0.95), at(0.99),
                       f"{entry.total_rps:.1f}")


def tell(environment, person, options):
    """Prints the table; answers what is wrong."""
    raced = collections.Counter()
    for (operation, _), count in person.races.items():
        raced[operation] += count
    stats = environment.stats
    print(f"\n== what was asked, and how long it took (milliseconds; {options.users} users, {options.seconds} s)")
    print(LINE.format("operation", "requests", "failures", "races", "median", "95 %", "99 %", "a second"))
    for entry in sorted(stats.entries.values(), key=lambda entry: -entry.num_requests):
        print(row(entry.name, entry, raced[entry.name]))
    print(row("all", stats.total, sum(raced.values())))
    print("   These are latencies of an embedded store on this machine, with its load generator beside it: not those of AWS.")
    print("   A change answers when everything that follows from it is done, and a passing day holds up everybody.")
    wrong = [f"{error.occurrences} times {error.name}: {error.error}" for error in stats.errors.values()]
    wrong += [f"{one['count']} times a task broke: {one['msg']}\n{one['traceback']}"
              for one in environment.runner.exceptions.values()]
    if not stats.total.num_requests:
        wrong.append("nothing was asked")
    return wrong


def sum_up(town, person, seen):
    """The rest, in a few lines."""
    by_status = collections.Counter()
    for (_, status), count in person.races.items():
        by_status[status] += count
    ended = collections.Counter(family.ended for family in town.families if family.ended)
    print("\n== beside that")
    print(f"   races      {', '.join(f'{n} times {status}' for status, n in sorted(by_status.items())) or 'none'}")
    print(f"   town       {len(town.families)} applications, {sum(town.places.values())} places, {len(town.gardens)} organisations, "
          f"{town.days} days passed")
    print(f"   ended      {', '.join(f'{n} {what}' for what, n in sorted(ended.items())) or 'none'} (confirmed to parents)")
    print(f"   memory     {seen.get('memory', 0) // MIB} MiB at most in the stack", flush=True)
