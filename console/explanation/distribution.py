"""What becomes of a notification in Distribution's envelope, which needs no adapter."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from console.explanation.explained import ExplainedEvent, Explanation, sentence
from ingest.registries.adapter import Kind, Sent
from ingest.translation import Body, Notification, translate
from shared.amqp.dead_letter import Story
from shared.event import Event
from worker.classification.geo import is_geo_event

LABELS: Final[Mapping[str, str]] = {
    "distribution": "CNCF Distribution 2",
    "distribution3": "CNCF Distribution 3",
    "gitlab": "GitLab container registry",
}
_NOTHING: Final = "no events: there is nothing to do"
_UNRECORDED: Final = "an invalid event of an action that nobody records"


def explain(sent: Sent) -> Explanation:
    notification = Notification(
        body=Body.whole(sent.body),
        received_at=datetime.now(UTC),
        content_encoding=sent.headers.get("content-encoding", ""),
    )
    events: list[ExplainedEvent] = []
    ignored: list[str] = []
    faults: list[str] = []
    for one in translate(notification):
        if one.message is None:
            ignored.append(_UNRECORDED)
        elif one.reason:
            faults.append(Story.read(one.message.headers).error)
        else:
            event = Event.read(one.message.body)
            geo = is_geo_event(event, repository_has_row=True)
            events.append(ExplainedEvent.of(event, kind(event), geo=geo))
    if not events and not ignored and not faults:
        ignored.append(_NOTHING)
    return Explanation(events=tuple(events), ignored=sentence(ignored), error=sentence(faults))


def kind(event: Event) -> Kind:
    """What an event is about, which the envelope does not say in one word.

    A delete of a blob looks like one of a manifest: a digest and no media type.
    """
    if event.action == "rename":
        return Kind.REPOSITORY
    if event.action == "delete":
        if event.digest:
            return Kind.MANIFEST
        return Kind.TAG if event.tag else Kind.REPOSITORY
    # The rule for what a replica would copy is the one that tells manifests from blobs.
    pushed = msgspec.structs.replace(event, action="push")
    return Kind.MANIFEST if is_geo_event(pushed, repository_has_row=True) else Kind.BLOB
