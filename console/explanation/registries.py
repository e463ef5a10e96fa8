"""The registries whose requests can be explained: those with an adapter, and Distribution's kin.

A request goes the way that ingest has for it, up to the messages that would be published.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from console.explanation.explained import ExplainedEvent, Explanation, sentence
from ingest import body_limit
from ingest.arrival import Arrival, kept
from ingest.normalisation import handshake, normalised
from ingest.registries import REGISTRIES
from ingest.registries.adapter import Sent
from ingest.translation import Notification, Translated, translate
from shared.amqp.dead_letter import Story
from shared.event import Event
from shared.origin import Origin
from shared.settings import Settings

_ENVELOPE: Final[Mapping[str, str]] = {
    "distribution": "CNCF Distribution 2",
    "distribution3": "CNCF Distribution 3",
    "gitlab": "GitLab container registry",
}
LABELS: Final[Mapping[str, str]] = dict(
    sorted({**_ENVELOPE, **{one.name: one.label for one in REGISTRIES.values()}}.items())
)
USUAL_LIMIT: Final[int] = Settings.model_fields["ingest_max_body_bytes"].default
_NOTHING: Final = "no event in it: there is nothing to do"
_UNRECORDED: Final = "an invalid event of an action that nobody records"


def explain(registry: str, sent: Sent, *, limit: int = USUAL_LIMIT) -> Explanation:
    """What a request of one of LABELS becomes; never raises, whatever it holds.

    `limit` is that of an ingest for bodies, in bytes.
    """
    try:
        body = body_limit.kept(sent.body, body_limit.limit_of(registry, limit))
    except body_limit.BodyError as error:
        return Explanation(error=str(error))
    now = datetime.now(UTC)
    encoding = sent.headers.get("content-encoding", "")
    if registry in _ENVELOPE:
        return _explanation(translate(Notification(body, now, content_encoding=encoding)))
    arrival = Arrival(
        body=body,
        received_at=now,
        content_encoding=encoding,
        registry=registry,
        request=kept(sent.headers.items()),
        options=sent.options,
    )
    found = normalised(arrival)
    return _explanation(found.translated, found.ignored, handshake(arrival))


def _explanation(
    translated: Iterable[Translated], ignored: str = "", answer: object | None = None
) -> Explanation:
    events: list[ExplainedEvent] = []
    reasons = [ignored] if ignored else []
    faults: list[str] = []
    for one in translated:
        if one.message is None:
            reasons.append(_UNRECORDED)
        elif one.reason:
            faults.append(f"dead letter {one.reason}: {Story.read(one.message.headers).error}")
        else:
            origin = Origin.read(one.message.headers)
            events.append(ExplainedEvent.of(replace(Event.read(one.message.body), origin=origin)))
    if not events and not reasons and not faults:
        reasons.append(_NOTHING)
    return Explanation(
        events=tuple(events), ignored=sentence(reasons), error=sentence(faults), answer=answer
    )
