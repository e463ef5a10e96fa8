"""The shape of an event as the registry writes it, for reading one that is valid.

Why one is not valid says `shared.event_check`; a test holds the two together.
"""

from typing import Annotated, Final

import msgspec

LONGEST_ID: Final = 255
LONGEST_TAG: Final = 128
# In a routing key, of which AMQP takes 255 bytes.
LONGEST_ACTION: Final = 60

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
_Action = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ACTION)]
_Tag = Annotated[str, msgspec.Meta(max_length=LONGEST_TAG)]


class Target(msgspec.Struct, frozen=True):
    """What was pushed or deleted. An empty text, which Distribution 3 writes, is no value."""

    repository: str | None = None
    tag: _Tag | None = None
    digest: str | None = None
    media_type: str | None = msgspec.field(default=None, name="mediaType")


class Actor(msgspec.Struct, frozen=True):
    name: str | None = None


class Source(msgspec.Struct, frozen=True):
    addr: str | None = None
    instance_id: str | None = msgspec.field(default=None, name="instanceID")


class Request(msgspec.Struct, frozen=True):
    id: str | None = None
    host: str | None = None
    method: str | None = None
    useragent: str | None = None


class Parts(msgspec.Struct, frozen=True):
    """Unknown fields are passed over; `timestamp` is as it was written."""

    id: _Id
    timestamp: str
    action: _Action
    target: Target = Target()
    request: Request | None = None
    actor: Actor | None = None
    source: Source | None = None
