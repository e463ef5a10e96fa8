"""Dead letters as the worker publishes them, with what a test cares about changed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.dead_letters.letter.dead_letter import DeadLetter
from ingest.arrival import Arrival, kept
from ingest.normalisation import normalised
from ingest.translation import Body
from shared.amqp.dead_letter import Reason, Story
from shared.text import to_bytes
from tests import samples
from tests.factories import make_event
from tests.reports import reported_request

GITLAB = Path(__file__).parents[3] / "data" / "registries" / "gitlab"
DIED = "2026-03-01T12:00:00+00:00"


def make_dead_letter(
    body: str | None = None,
    *,
    message_id: str = "0123456789abcdef",
    routing_key: str = "event.push",
    headers: dict[str, Any] | None = None,
    **story: Any,
) -> DeadLetter:
    told = {"reason": Reason.RECORDING_FAILED, "error_type": "RaiseError", "error": "no row"}
    whole = Story(**{**told, "attempts": 3, "failed_at": DIED, **story})
    text = json.dumps(make_event()) if body is None else body
    return DeadLetter.of(
        to_bytes(text),
        message_id=message_id,
        routing_key=routing_key,
        headers={**whole.headers(), **(headers or {})},
    )


def notifications() -> Sequence[str]:
    """The bodies that GitLab's registry sends, with tokens of users."""
    files = sorted(GITLAB.glob("*.json"))
    requests = [json.loads(file.read_text())["request"] for file in files]
    requests.append(reported_request("11-gitlab-actor-user-shown"))
    return [request["body"] for request in requests]


def make_arrival(sample: samples.Sample, body: bytes, **options: str) -> Arrival:
    """A request like a sample, of a source `prod`."""
    return Arrival(
        body=Body.whole(body),
        received_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        source="prod",
        registry=sample.registry,
        request=kept(sample.headers.items()),
        options=options,
        receipt="receipt",
    )


def dead_of(arrival: Arrival, error: str = "no row") -> Sequence[DeadLetter]:
    """What ingest buries of a request, and its events as the worker buries them."""
    story = Story(Reason.RECORDING_FAILED, "RaiseError", error, attempts=3, failed_at=DIED)
    return [
        DeadLetter.of(
            one.message.body,
            message_id="0123456789abcdef",
            routing_key=one.message.routing_key,
            headers={**one.message.headers, **({} if one.reason else story.headers())},
        )
        for one in normalised(arrival).translated
        if one.message
    ]
