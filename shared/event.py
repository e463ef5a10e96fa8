"""The registry's event: what is read of it. Its own bytes are what travels."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final, Self

import msgspec

from shared import event_check, quick_json, strict_json, timestamps
from shared.event_parts import LONGEST_ACTION, Actor, Parts, Request, Source, Target
from shared.invalid_event import InvalidEventError
from shared.origin import DEFAULT, Origin
from shared.text import from_bytes, unstorable

SUPPORTED_ACTIONS: Final = frozenset({"push", "delete"})
# Counted if that is wanted, never recorded one by one.
PULL: Final = "pull"

# The path grammar of https://github.com/distribution/reference: components of [a-z0-9]+ joined by
# one of ".", "_", "__" or any run of "-".
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_REPOSITORY_LENGTH = 255

_READER: Final = msgspec.json.Decoder(Parts)
_NO_TARGET: Final = Target()
_NO_ACTOR: Final = Actor()
_NO_SOURCE: Final = Source()
_NO_REQUEST: Final = Request()


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of a notification.

    `repository` is the usable path of a supported event. `node` is the node of the registry that
    says it sent this; empty if nobody says. Texts are None if absent, and all can be stored.
    `origin` is not in the event: its message tells it.
    """

    id: str
    timestamp: datetime
    action: str
    repository: str
    tag: str | None
    digest: str | None
    media_type: str | None
    actor: str | None
    node: str
    request_id: str | None
    request_host: str | None
    request_method: str | None
    user_agent: str | None
    origin: Origin = DEFAULT

    @property
    def supported(self) -> bool:
        return self.action in SUPPORTED_ACTIONS

    @property
    def is_placed(self) -> bool:
        """Whether `repository` is a usable path; that of a supported event always is."""
        return is_repository(self.repository)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The event in the bytes of a JSON text: as `parse`, sooner for what registries send."""
        parts = quick_json.loads(_READER, body)
        return (parts and cls.at_once(parts)) or cls.parse(from_bytes(body))

    @classmethod
    def at_once(cls, parts: Parts) -> Self | None:
        """The event that `quick_json` has read; None if it is not valid, `parse` says why."""
        try:
            return cls._of(parts)
        except (InvalidEventError, ValueError):
            return None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The event in a JSON text.

        Raises InvalidEventError if the text is not JSON, if a known field has another type than
        the registry gives it, or if a supported event has no usable repository.
        """
        try:
            value = strict_json.loads(text)
        except strict_json.InvalidJSONError as error:
            raise InvalidEventError(str(error), cause=error.cause) from None
        return cls._of(event_check.checked(value))

    @classmethod
    def _of(cls, parts: Parts | event_check.CheckedEvent) -> Self:
        target, actor = parts.target or _NO_TARGET, parts.actor or _NO_ACTOR
        source, request = parts.source or _NO_SOURCE, parts.request or _NO_REQUEST
        if parts.action in SUPPORTED_ACTIONS:
            _check_repository(target.repository)
        return cls(
            id=parts.id,
            timestamp=timestamps.read(parts.timestamp),
            action=parts.action,
            repository=target.repository or "",
            tag=target.tag,
            digest=target.digest,
            media_type=target.media_type,
            actor=actor.name,
            node=source.addr or source.instance_id or "",
            request_id=request.id,
            request_host=request.host,
            request_method=request.method,
            user_agent=request.useragent,
        )


def unrecorded_action(text: str) -> str:
    """The action of an event, valid or not, that nobody records; empty if there is none such."""
    try:
        value = strict_json.loads(text)
    except strict_json.InvalidJSONError:
        return ""
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, str) or len(action) > LONGEST_ACTION or unstorable(action):
        return ""
    return action if action not in SUPPORTED_ACTIONS else ""


def _check_repository(path: str | None) -> None:
    if not path:
        raise InvalidEventError.at("target.repository", "is missing")
    if not is_repository(path):
        raise InvalidEventError.at("target.repository", "is not a repository path", path)


def is_repository(path: str) -> bool:
    """Whether a registry can have a repository of this name."""
    return len(path) <= _REPOSITORY_LENGTH and _is_path(path)


# Of short ones only: what it remembers is as long as a sender likes.
@lru_cache(1_000)
def _is_path(path: str) -> bool:
    return bool(_REPOSITORY.fullmatch(path))
