"""What is said of a request that is explained; nothing in it is a credential."""

from datetime import datetime
from typing import Final, Self

import msgspec

from console.explanation.kinds import kind
from ingest.registries.adapter import Kind, Known
from shared import credentials
from shared.event import Event
from worker.classification.geo import is_geo_event
from worker.classification.tracking import TrackingAction, tracking_action

RECEIVED: Final = "received"
_TOLD: Final = (
    "action", "repository", "tag", "digest", "media_type", "kind", "actor", "occurred_at",
    "event_id", "tracking",
)  # fmt: skip


class ExplainedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event; texts that a registry leaves empty are None.

    `occurred_at` is ISO 8601 in UTC, or RECEIVED; `event_id` is None if it is made on receipt.
    `tracking` and `geo` are those of a repository that is known already.
    """

    action: str
    repository: str
    tag: str | None
    digest: str | None
    media_type: str | None
    kind: Kind
    actor: str | None
    occurred_at: str
    event_id: str | None
    tracking: TrackingAction | None
    geo: bool
    host: str | None
    id_from: Known
    time_from: Known
    renamed_to: str | None = None

    @classmethod
    def of(cls, event: Event) -> Self:
        """Of an event with the origin that its message tells."""
        id_from, time_from = Known(event.origin.id_from), Known(event.origin.time_from)
        received = time_from is Known.RECEIVED
        return cls(
            action=_shown(event.action) or "",
            repository=_shown(event.repository) or "",
            tag=_shown(event.tag),
            digest=_shown(event.digest),
            media_type=_shown(event.media_type),
            kind=kind(event),
            actor=_shown(event.actor),
            occurred_at=RECEIVED if received else _moment(event.timestamp),
            event_id=None if id_from is Known.RECEIVED else _shown(event.id),
            tracking=tracking_action(event, repository_existed=True),
            geo=is_geo_event(event, repository_has_row=True),
            host=_shown(event.request_host),
            id_from=id_from,
            time_from=time_from,
            renamed_to=_shown(event.renamed_to),
        )

    def document(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in _TOLD}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """`ignored` is why there is no event, or none for some part of it; `error` what is wrong.

    `answer` is the JSON value that a handshake is answered with.
    """

    events: tuple[ExplainedEvent, ...] = ()
    ignored: str | None = None
    error: str | None = None
    answer: object | None = None

    def document(self) -> dict[str, object]:
        told: dict[str, object] = {
            "events": [one.document() for one in self.events],
            "ignored": self.ignored,
        }
        return told | ({"error": self.error} if self.error else {})


def sentence(faults: list[str]) -> str | None:
    """Each once, in their order; None if there are none."""
    return credentials.masked("; ".join(dict.fromkeys(faults))) or None


def _shown(text: str | None) -> str | None:
    return credentials.masked(text) if text else None


def _moment(then: datetime) -> str:
    return then.isoformat().replace("+00:00", "Z")
