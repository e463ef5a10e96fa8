"""A reconcile's outcome as lines of text, and as JSON. Pure."""

import json
from collections.abc import Iterator

from console.reconciling.outcome import Outcome, Settled
from console.words.spoken import count
from geo.reconciling.drift import Drift, Kind
from shared.text import printable


def to_lines(outcome: Outcome) -> Iterator[str]:
    """What differs, a line each; what needs a look starts with an exclamation mark."""
    for one in outcome.drifts:
        yield f"{one.drift.kind}: {_told(one.drift)}; {_done(one)}"
    for failure in outcome.failures:
        yield f"! {failure.repository or 'the catalogue'}: {printable(failure.cause)}"
    if any(not failure.repository for failure in outcome.failures):
        yield "! without the whole catalogue nothing that it leaves out is taken to be gone"
    if outcome.waiting:
        yield f"! {_wait(outcome.waiting, 'event')} in the queue: run this again when none does"
    if outcome.dead:
        yield f"! {_wait(outcome.dead, 'dead letter')}, which may say the same when requeued"
    yield _summary(outcome)


def to_json(outcome: Outcome) -> str:
    """One line."""
    return json.dumps(
        {
            "source": outcome.source,
            "registry": outcome.registry,
            "dry_run": outcome.is_dry_run,
            "repositories": outcome.repositories,
            "tags": outcome.tags,
            "drifts": [
                {
                    "kind": one.drift.kind,
                    "repository": one.drift.repository,
                    "tag": one.drift.tag,
                    "digest": one.drift.found.digest if one.drift.found else None,
                    "recorded_digest": _recorded(one.drift),
                    "recorded_event": one.drift.recorded.event_id if one.drift.recorded else None,
                    "filled_in": not one.left,
                    "left": one.left,
                }
                for one in outcome.drifts
            ],
            "passed": outcome.passed,
            "failures": [failure._asdict() for failure in outcome.failures],
            "events_waiting": outcome.waiting,
            "dead_letters": outcome.dead,
        }
    )


def _summary(outcome: Outcome) -> str:
    looked = (
        f"looked at {count(outcome.repositories, 'repository', 'repositories')} and "
        f"{count(outcome.tags, 'tag')} of source {outcome.source}"
    )
    if not outcome.drifts:
        return f"{looked}: {'nothing differs' if outcome.is_done else 'nothing more is known'}"
    kinds = ", ".join(f"{number:,} {kind}" for kind in Kind if (number := outcome.of_kind(kind)))
    filled = len(outcome.drifts) - len(outcome.left)
    return f"{looked}: {kinds}; {filled:,} filled in, {len(outcome.left):,} left"


def _told(drift: Drift) -> str:
    found = drift.found.digest if drift.found else "is gone"
    was = {
        Kind.UNRECORDED: "",
        Kind.MOVED: f", recorded as {_recorded(drift)}",
        Kind.GONE: f", recorded as {_recorded(drift) or 'there'}",
    }[drift.kind]
    return printable(f"{drift.repository}:{drift.tag} {found}{was}")


def _recorded(drift: Drift) -> str | None:
    return drift.recorded.digest if drift.recorded else None


def _done(one: Settled) -> str:
    return f"left: {one.left}" if one.left else "filled in"


def _wait(number: int, noun: str) -> str:
    return f"{count(number, noun)} {'waits' if number == 1 else 'wait'}"
