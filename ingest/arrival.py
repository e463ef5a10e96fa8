"""A request of another registry as it came, and what of it a dead letter carries.

Only headers that are known here go any further, also to the adapter: so no secret does, and what is
translated again later is what was translated at first.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Self
from uuid import NAMESPACE_URL, uuid4, uuid5

import msgspec

from ingest.registries.adapter import Sent
from ingest.translation import Body, Notification
from shared import strict_json
from shared.amqp.message import REQUEST_HEADERS, TRACEPARENT, Headers
from shared.origin import DISTRIBUTION, Origin

_OPTIONS: Final = "source-options"
_RECEIPT: Final = "receipt-id"
_KEPT: Final = re.compile(
    r"content-type|ce-.*|aeg-.*|x-github-(event|delivery)|x-(gitea|forgejo)-.*"
    r"|x-nexus-webhook-(id|delivery)|x-amz-sns-.*|x-goog-pubsub-.*"
)
_SECRET: Final = re.compile(r"signature|authorization|token|cookie|secret|password|key")
# Characters. All headers of a message share one frame, of 128 KiB with RabbitMQ's defaults.
_LONGEST: Final = 16 * 1024


def kept(headers: Iterable[tuple[str, str]], *, secret: Iterable[str] = ()) -> dict[str, str]:
    """The headers that say what a request is, by names in lower case; of equal ones the first.

    `secret` are headers that prove who its sender is.
    """
    never = {name.lower() for name in secret}
    found: dict[str, str] = {}
    length = 0
    for given, value in headers:
        name = given.lower()
        if name in found or name in never or not _KEPT.fullmatch(name) or _SECRET.search(name):
            continue
        length += len(name) + len(value)
        if length > _LONGEST:
            break
        found[name] = value
    return found


class Arrival(Notification, frozen=True, kw_only=True):
    """`receipt` is the id of an event that has none of its own; the same when translated again."""

    registry: str
    request: Mapping[str, str] = {}
    options: Mapping[str, str] = {}
    receipt: str = msgspec.field(default_factory=lambda: str(uuid4()))

    @property
    def sent(self) -> Sent:
        return Sent(self.request, self.body.kept, self.options)

    @property
    def came(self) -> Headers:
        """Headers of each message that is made of it."""
        told = super().headers
        return {**told, _OPTIONS: json.dumps(dict(self.options))} if self.options else told

    @property
    def headers(self) -> Headers:
        """Those of a dead letter that holds all of it, which can be translated again."""
        return {
            **self.came,
            **Origin(self.source, self.registry).headers,
            REQUEST_HEADERS: json.dumps(self.request),
            _OPTIONS: json.dumps(dict(self.options)),
            **self.receipt_header,
        }

    @property
    def identity(self) -> str:
        return f"{self.registry} {super().identity} {json.dumps(self.request)}"

    @property
    def receipt_header(self) -> Headers:
        """Of a message whose event has its id from the receipt: a repeat has the same then."""
        return {_RECEIPT: self.receipt}

    def event_id(self, number: int) -> str:
        """Of what it tells at the place `number`, from 0."""
        return self.receipt if not number else str(uuid5(NAMESPACE_URL, f"{self.receipt}/{number}"))

    @classmethod
    def again(
        cls, body: bytes, headers: Mapping[str, Any], *, received_at: datetime
    ) -> Self | None:
        """Out of a dead letter; None if that is not of another registry."""
        origin = Origin.read(headers)
        if origin.registry == DISTRIBUTION:
            return None
        trace, receipt = headers.get(TRACEPARENT), headers.get(_RECEIPT)
        return cls(
            body=Body.whole(body),
            received_at=received_at,
            traceparent=trace if isinstance(trace, str) else None,
            source=origin.source,
            registry=origin.registry,
            request=_texts(headers.get(REQUEST_HEADERS)),
            options=_texts(headers.get(_OPTIONS)),
            receipt=receipt if isinstance(receipt, str) and receipt else str(uuid4()),
        )


def _texts(header: object) -> dict[str, str]:
    try:
        value = strict_json.loads(header) if isinstance(header, str) else None
    except strict_json.InvalidJSONError:
        return {}
    members = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in members if isinstance(text, str)}
