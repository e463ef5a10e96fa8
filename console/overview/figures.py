"""Figures of an overview as they are read, also of what is not known. Pure."""

from console.overview.collector import Overview
from console.overview.seen.database import Reconciled
from console.overview.seen.site import Site
from console.terminal.table import NONE
from console.words.spoken import age, count, duration, unknown
from shared.forward_backlog import MOST, Backlog


def waiting(seen: Overview) -> str:
    """How many events wait in the queue; if that is not known, how many waited when it was."""
    known = seen.snapshot.broker_known
    return _figure(seen, seen.snapshot.ready, known.ready if known else None)


def dead(seen: Overview) -> str:
    """How many dead letters there are; if that is not known, how many there were."""
    known = seen.snapshot.broker_known
    return _figure(seen, seen.snapshot.dead, known.dead if known else None)


def _figure(seen: Overview, now: int | None, before: int | None) -> str:
    if now is not None:
        return f"{now:,}"
    known = seen.snapshot.broker_known
    was = "" if before is None else f" (was {before:,})"
    return unknown(known.at if known else None, seen.snapshot.taken) + was


def at_most(seconds: float | None) -> str:
    """The bound on how long an event waits in the queue."""
    if seconds is None:
        return "not known"
    return f"≤ {duration(seconds)}" if seconds else NONE


def forwarded(backlog: Backlog) -> str:
    """What a sink has yet to get, and what it refused."""
    waiting = f"{_counted(backlog.waiting)} waiting"
    if backlog.oldest_age is not None:
        waiting += f", the first for {age(backlog.oldest_age)}"
    return waiting + (f", {_counted(backlog.refused)} refused" if backlog.refused else "")


def reconciled(one: Reconciled) -> str:
    """When a source was compared last, and what was found."""
    if not one.has_ended:
        return f"began {age(one.age)} ago and did not end"
    found = "nothing differed"
    if one.drifts:
        found = f"{count(one.drifts, 'tag')} differed, {one.filled_in:,} filled in"
    looked = count(one.repositories, "repository", "repositories")
    failed = f", {one.failures:,} failed" if one.failures else ""
    return f"{age(one.age)} ago, {looked}{failed}: {found}"


def sited(site: Site) -> str:
    """How far a site is, and what is left to be made equal there."""
    parts = [behind(site.lag_events, site.lag_seconds)]
    if site.pending:
        parts.append(f"{count(site.pending, 'repository', 'repositories')} pending")
    if site.failing:
        parts.append(f"{site.failing:,} failing")
    return ", ".join(parts)


def behind(events: int, seconds: float | None) -> str:
    """`seconds` None: the log no longer has the first of them."""
    if not events:
        return "nothing to do"
    since = "the first dropped by retention" if seconds is None else f"the first for {age(seconds)}"
    return f"{count(events, 'change')} behind, {since}"


def _counted(number: int) -> str:
    """No more are counted than that many."""
    return f"{number:,}" + (" or more" if number >= MOST else "")


def to_empty(seen: Overview) -> str:
    if not seen.snapshot.ready or seen.flow.growth is None:
        return NONE
    seconds = seen.flow.to_empty(seen.snapshot.ready)
    return "never" if seconds is None else duration(seconds)
