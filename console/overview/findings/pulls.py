"""Pulls that are to be counted and are not. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.backlog import BACKLOG
from console.overview.findings.finding import Finding, State
from console.overview.seen.broker import Depth
from console.words.spoken import count
from shared.amqp.topology import PULLS_QUEUE

_OFF: Final = f"or delete the queue {PULLS_QUEUE} if pulls shall not be counted any more"


def pull_findings(queue: Depth | None) -> Iterator[Finding]:
    if queue is None:
        return
    waiting = f"{count(queue.ready, 'pull')} {'waits' if queue.ready == 1 else 'wait'}"
    if not queue.consumers:
        yield Finding(
            State.DEGRADED,
            f"no worker counts pulls: {waiting}; start one with REGISTRY_EVENTS_PULLS=true, {_OFF}",
        )
    elif queue.ready >= BACKLOG:
        yield Finding(State.DEGRADED, f"{waiting} to be counted; start more workers")
