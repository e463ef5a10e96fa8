"""The shape of an event as registries write it: CNCF Distribution 2 and 3, and GitLab's own.

An event that is made of another registry's request has this as `original`. One with a member that
is not named here takes longer to read, no more. What is wrong with one that is not of this shape
says `shared.event_check`; a test holds the two together.
"""

from typing import Annotated, Final

from msgspec import Meta, field

from shared.quick_json import Anything, Shape

LONGEST_ID: Final = 255
LONGEST_TAG: Final = 128
# In a routing key, of which AMQP takes 255 bytes.
LONGEST_ACTION: Final = 60

_Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
_Action = Annotated[str, Meta(min_length=1, max_length=LONGEST_ACTION)]
_Tag = Annotated[str, Meta(max_length=LONGEST_TAG)]


class Rename(Shape, frozen=True):
    """Paths before and after; GitLab's registry has it, and says which part of the path changed."""

    type: Anything = None
    from_path: str | None = field(default=None, name="from")
    to_path: str | None = field(default=None, name="to")


class Target(Shape, frozen=True, rename="camel"):
    """What was pushed or deleted. An empty text, which Distribution 3 writes, is no value."""

    media_type: str | None = None
    size: Anything = None
    digest: str | None = None
    length: Anything = None
    repository: str | None = None
    from_repository: Anything = None
    url: Anything = None
    tag: _Tag | None = None
    references: Anything = None
    urls: Anything = None
    annotations: Anything = None
    platform: Anything = None
    artifact_type: Anything = None
    rename: Rename | None = None


class Request(Shape, frozen=True):
    id: str | None = None
    addr: Anything = None
    host: str | None = None
    method: str | None = None
    useragent: str | None = None


class Actor(Shape, frozen=True):
    name: str | None = None
    user_type: Anything = None
    user: Anything = None


class Source(Shape, frozen=True):
    addr: str | None = None
    instance_id: str | None = field(default=None, name="instanceID")


class Parts(Shape, frozen=True):
    """`timestamp` is as it was written."""

    id: _Id
    timestamp: str
    action: _Action
    target: Target | None = None
    request: Request | None = None
    actor: Actor | None = None
    source: Source | None = None
    meta: Anything = None
    original: Anything = None
