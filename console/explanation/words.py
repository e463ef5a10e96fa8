"""An explanation in words; what a sender wrote is not yet safe to print."""

from collections.abc import Sequence
from typing import Final

from console.explanation.explained import RECEIVED, ExplainedEvent
from console.words.provenance import told
from worker.classification.tracking import TrackingAction

_FIRST: Final = "push_repository, or create_repository if it is the repository's first"


def heading(event: ExplainedEvent) -> str:
    tag = f":{event.tag}" if event.tag else ""
    digest = f"@{event.digest}" if event.digest and not event.tag else ""
    return f"{event.action} {event.repository}{tag}{digest}"


def facts(event: ExplainedEvent) -> Sequence[tuple[str, str]]:
    """Labels and texts of an event, what will be recorded of it last."""
    time = "the time of the receipt" if event.occurred_at == RECEIVED else event.occurred_at
    return [
        ("kind", event.kind.value),
        ("repository", event.repository or "-"),
        ("tag", event.tag or "-"),
        ("digest", event.digest or "-"),
        ("media type", event.media_type or "-"),
        ("actor", event.actor or "-"),
        ("registry host", event.host or "-"),
        ("occurred at", f"{time} ({told(event.time_from)})"),
        ("event id", f"{event.event_id or 'a new one'} ({told(event.id_from)})"),
        ("tracking", _tracking(event)),
        ("geo event", "yes" if event.geo else "no"),
    ]


def _tracking(event: ExplainedEvent) -> str:
    if event.renamed_to:
        return f"none: the repository, and all below it, move to {event.renamed_to}"
    if event.tracking is None:
        return f"not recorded: {event.action} is an action that nobody records"
    return _FIRST if event.tracking is TrackingAction.PUSH_REPOSITORY else event.tracking.value
