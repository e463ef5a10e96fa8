"""Is it working? A state, and the reasons in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from console.overview.findings.backlog import queue_findings, shard_findings
from console.overview.findings.clocks import clock_findings
from console.overview.findings.conflicts import conflict_findings
from console.overview.findings.database import database_findings
from console.overview.findings.finding import Finding, State
from console.overview.findings.forwarding import forward_findings
from console.overview.findings.held import held_findings
from console.overview.findings.keeping import keeping_findings
from console.overview.findings.partitions import partition_findings
from console.overview.findings.pulls import pull_findings
from console.overview.findings.reconciles import reconcile_findings
from console.overview.findings.sender_faults import sender_findings
from console.overview.findings.sites import site_findings
from console.overview.findings.subscriptions import subscription_findings
from console.overview.flow import Flow
from console.overview.seen.broker import Broker
from console.overview.seen.database import Database
from console.overview.snapshot import Snapshot
from console.words.spoken import age, count

SUMMARY: Final = "registry-events dead-letters summary"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst state that was found; `findings` come worst first, none when all is well."""

    state: State
    headline: str
    findings: Sequence[Finding]


def judge(snapshot: Snapshot, flow: Flow, zone: tzinfo = UTC) -> Verdict:
    """`zone` is that of the moments which findings name."""
    found = [
        *_broker(snapshot.broker),
        *database_findings(snapshot.database),
        *clock_findings(snapshot.database.activity),
        *conflict_findings(snapshot.database.conflicts),
        *partition_findings(snapshot.database.partitions),
        *forward_findings(snapshot.database.forwarding),
        *reconcile_findings(snapshot.database.reconciled),
        *site_findings(snapshot.database.sites),
        *queue_findings(snapshot, flow),
        *shard_findings(snapshot),
        *pull_findings(snapshot.broker.pulls),
        *keeping_findings(snapshot.broker),
        *held_findings(snapshot),
        *_services(snapshot),
        *sender_findings(snapshot, zone),
        *subscription_findings(snapshot),
        *_dead_letters(snapshot),
    ]
    severity = list(State)
    findings = sorted(found, key=lambda one: severity.index(one.state), reverse=True)
    state = findings[0].state if findings else State.OK
    return Verdict(state, _headline(state, len(findings), snapshot.database), findings)


def _headline(state: State, findings: int, database: Database) -> str:
    if state is State.DOWN:
        return "it is not working"
    needing = "1 thing needs a look" if findings == 1 else f"{findings} things need a look"
    return f"it is working: {_last_recorded(database)}" + (f"; {needing}" if findings else "")


def _last_recorded(database: Database) -> str:
    if database.activity is None or database.activity.recorded_age is None:
        return "nothing was recorded yet"
    return f"last event recorded {age(database.activity.recorded_age)} ago"


def _broker(broker: Broker) -> Iterator[Finding]:
    if broker.fault:
        yield Finding(State.DOWN, f"no event comes in or goes out: {broker.fault}")
        return
    if broker.events is None:
        yield Finding(
            State.DOWN, "the queue does not exist yet: start an ingest or a worker, it declares it"
        )
    if broker.events and broker.dead is None:
        yield Finding(
            State.DOWN,
            "the dead letters' queue is gone: start an ingest or a worker, it declares it again",
        )


def _services(snapshot: Snapshot) -> Iterator[Finding]:
    for one in snapshot.services:
        if one.fault:
            yield Finding(State.DEGRADED, f"{one.kind} {one.url}: {one.fault}")


def _dead_letters(snapshot: Snapshot) -> Iterator[Finding]:
    dead = snapshot.broker.dead
    if dead is None or not (dead.ready or dead.consumers):
        return
    if dead.consumers:
        # What a reader has in hand is not counted.
        letters = f"at least {count(dead.ready, 'dead letter')}, which somebody is at now"
    else:
        letters = count(dead.ready, "dead letter")
    oldest = f", oldest {age(snapshot.oldest_dead)}" if snapshot.oldest_dead else ""
    yield Finding(State.DEGRADED, f"{letters}{oldest}: `{SUMMARY}`", page="/dead-letters")
