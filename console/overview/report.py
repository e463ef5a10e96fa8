"""An overview as lines of text, and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from console.overview.collector import Overview
from console.overview.figures import at_most, dead, forwarded, reconciled, sited, to_empty, waiting
from console.overview.seen.broker import Depth
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot
from console.terminal import prose
from console.terminal.table import NONE, Column, Table
from console.words.spoken import age, count, duration, rate, unknown
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE, PULLS_QUEUE

_COLUMNS = (
    Column("QUEUE"),
    Column("READY", right=True),
    Column("IN HAND", rank=4, right=True),
    Column("CONSUMERS", rank=8, right=True),
    Column("IN", rank=6, right=True),
    Column("OUT", rank=6, right=True),
    Column("OLDEST", rank=7, right=True),
    Column("TO EMPTY", rank=5, right=True),
)
_LABEL: Final = 12
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
            "broker_known": snapshot.broker_known and asdict(snapshot.broker_known),
            "database_known": snapshot.database_known,
            "flow": {**asdict(seen.flow), "leaving": seen.flow.leaving},
        },
        default=datetime.isoformat,
    )


def to_lines(seen: Overview, width: int | None = None) -> Iterator[str]:
    """The verdict first; what was found starts with an exclamation mark. None: a line each."""
    snapshot = seen.snapshot
    yield from prose.hanging(f"{seen.verdict.state.upper()}: ", seen.verdict.headline, width)
    for finding in seen.verdict.findings:
        yield from prose.hanging("! ", finding.text, width)
    yield ""
    if not snapshot.broker.fault:
        yield from _queues(seen, width)
    for label, text in _parts(seen):
        yield from prose.hanging(f"{label:<{_LABEL}}", text, width)


def _parts(seen: Overview) -> Iterator[tuple[str, str]]:
    snapshot = seen.snapshot
    yield "broker", _broker(seen)
    yield "database", _database(snapshot)
    for backlog in snapshot.database.forwarding:
        yield "forward", f"{backlog.sink}  {forwarded(backlog)}"
    for site in snapshot.database.sites:
        yield "site", f"{site.name}  {sited(site)}"
    for one in snapshot.database.reconciled:
        yield "reconcile", f"{one.source}  {reconciled(one)}"
    for service in snapshot.services:
        yield service.kind, _service(service, snapshot)
    if not snapshot.services:
        yield "services", NO_SERVICES


def _queues(seen: Overview, width: int | None) -> Iterator[str]:
    broker, flow = seen.snapshot.broker, seen.flow
    growth = flow.dead_growth
    comes, goes = (growth and max(growth, 0.0), growth and max(-growth, 0.0))
    events = [rate(flow.incoming), rate(flow.leaving), at_most(flow.waiting), to_empty(seen)]
    buried = [rate(comes), rate(goes), duration(seen.snapshot.oldest_dead)]
    beside = f" +{len(broker.shards)}" if broker.shards else ""
    rows = [
        [EVENTS_QUEUE + beside, *_depth(broker.events, seen.snapshot.in_hand), *events],
        [DEAD_QUEUE, *_depth(broker.dead), *buried, ""],
    ]
    if broker.pulls:
        rows.append([PULLS_QUEUE, *_depth(broker.pulls), NONE, NONE, NONE, NONE])
    table = Table(_COLUMNS, width)
    yield from table.heading(rows)
    yield from table.lines(rows)


def _broker(seen: Overview) -> str:
    broker = seen.snapshot.broker
    if not broker.fault:
        return f"RabbitMQ {broker.version}"
    return f"away; events waiting {waiting(seen)}, dead letters {dead(seen)}"


def _depth(depth: Depth | None, in_hand: int | None = None) -> Sequence[str]:
    held = NONE if in_hand is None else f"{in_hand:,}"
    return (f"{depth.ready:,}", held, f"{depth.consumers:,}") if depth else ("missing", held, NONE)


def _database(snapshot: Snapshot) -> str:
    database = snapshot.database
    if database.fault:
        return f"away; what is recorded is {unknown(snapshot.database_known, snapshot.taken)}"
    if database.is_locked:
        return f"PostgreSQL {database.version}, locked"
    applied = database.migrations - database.missing
    line = f"PostgreSQL {database.version}, schema {applied}/{database.migrations}"
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


def _service(service: Service, snapshot: Snapshot) -> str:
    if service.fault:
        return f"{service.url}  {service.fault}"
    events = count(int(service.events or 0), "event")
    dead = count(int(service.dead_lettered), "dead letter")
    line = f"{service.url}  version {service.version}"
    if service.events_of:
        line += f", {count(len(service.events_of), 'process', 'processes')}"
    line += f", {events}, {dead}"
    if snapshot.broker.fault:
        # It notices a frozen broker later than we do.
        line += f", ready by its own account at {snapshot.taken:%H:%M:%S UTC}"
    if service.in_hand:
        line += f", {service.in_hand:,} in hand for {age(service.batch_age)}"
    return line
