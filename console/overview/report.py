"""An overview as lines of text, and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from console.overview.collecting import Overview
from console.overview.snapshot import Database, Depth, Service
from console.overview.spoken import age, count, duration, rate
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE

_HEADING = ("QUEUE", "READY", "IN HAND", "CONSUMERS", "IN", "OUT", "OLDEST", "TO EMPTY")
_NONE = "-"
NO_SERVICES = (
    "what ingests and workers say of themselves is seen with REGISTRY_EVENTS_CONSOLE_SERVICES"
)


def to_json(seen: Overview) -> str:
    """One line; ages and durations are seconds, rates are events a second."""
    snapshot = seen.snapshot
    return json.dumps(
        {
            "state": seen.verdict.state,
            "headline": seen.verdict.headline,
            "findings": [
                {"state": finding.state, "text": finding.text} for finding in seen.verdict.findings
            ],
            "taken": snapshot.taken.isoformat(),
            "broker": asdict(snapshot.broker),
            "database": asdict(snapshot.database),
            "services": [asdict(one) for one in snapshot.services],
            "oldest_dead": snapshot.oldest_dead,
            "flow": {**asdict(seen.flow), "leaving": seen.flow.leaving},
        }
    )


def to_lines(seen: Overview) -> Iterator[str]:
    """The verdict first; lines of what was found start with an exclamation mark."""
    snapshot = seen.snapshot
    yield f"{seen.verdict.state.upper()}: {seen.verdict.headline}"
    for finding in seen.verdict.findings:
        yield f"! {finding.text}"
    yield ""
    yield from _queues(seen)
    yield _database(snapshot.database)
    yield from map(_service, snapshot.services)
    if not snapshot.services:
        yield f"services    {NO_SERVICES}"


def _queues(seen: Overview) -> Iterator[str]:
    broker, flow = seen.snapshot.broker, seen.flow
    if broker.fault:
        yield "broker      away"
        return
    growth = flow.dead_growth
    events = [
        rate(flow.incoming),
        rate(flow.leaving),
        at_most(flow.waiting),
        to_empty(seen),
    ]
    dead = [rate(max(growth, 0)), rate(max(-growth, 0)), duration(seen.snapshot.oldest_dead)]
    yield from _table(
        [
            _HEADING,
            [EVENTS_QUEUE, *_depth(broker.events, seen.snapshot.in_hand), *events],
            [DEAD_QUEUE, *_depth(broker.dead), *dead, ""],
        ]
    )
    yield f"broker      RabbitMQ {broker.version}"


def at_most(seconds: float | None) -> str:
    """The bound on how long an event waits in the queue."""
    if seconds is None:
        return "not known"
    return f"≤ {duration(seconds)}" if seconds else _NONE


def to_empty(seen: Overview) -> str:
    if not seen.snapshot.ready:
        return _NONE
    seconds = seen.flow.to_empty(seen.snapshot.ready)
    return "never" if seconds is None else duration(seconds)


def _depth(depth: Depth | None, in_hand: int | None = None) -> Sequence[str]:
    held = _NONE if in_hand is None else f"{in_hand:,}"
    return (f"{depth.ready:,}", held, f"{depth.consumers:,}") if depth else ("missing", held, _NONE)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [(cell or _NONE).rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])


def _database(database: Database) -> str:
    if database.fault:
        return "database    away"
    if database.is_locked:
        return f"database    PostgreSQL {database.version}, locked"
    applied = database.migrations - database.missing
    line = f"database    PostgreSQL {database.version}, schema {applied}/{database.migrations}"
    activity = database.activity
    if activity is None:
        return line
    now, minute = rate(activity.last_10_s / 10), rate(activity.last_60_s / 60)
    line += f", {now} recorded ({minute} over a minute)"
    if activity.recorded_age is not None:
        line += f", last {age(activity.recorded_age)} ago"
    if activity.lag_p50 is not None:
        line += f", lag p50 {duration(activity.lag_p50)} p99 {duration(activity.lag_p99)}"
    return f"{line}, geo head {activity.geo_head or 0:,}"


def _service(service: Service) -> str:
    if service.fault:
        return f"{service.kind:<11} {service.url}  {service.fault}"
    events = count(int(service.events or 0), "event")
    dead = count(int(service.dead_lettered), "dead letter")
    line = f"{service.kind:<11} {service.url}  version {service.version}, {events}, {dead}"
    if service.in_hand:
        line += f", {service.in_hand:,} in hand for {age(service.batch_age)}"
    return line
