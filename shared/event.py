"""The registry's event: what is read of it. Its own bytes are what travels."""

from datetime import datetime
from typing import Final, Self

import msgspec

from shared import event_check, quick_json, repository_path, strict_json, timestamps
from shared.event_parts import LONGEST_ACTION, Actor, Parts, Request, Source, Target
from shared.invalid_event import InvalidEventError
from shared.origin import DEFAULT, Origin
from shared.text import from_bytes, unstorable

RENAME: Final = "rename"
_CHANGES: Final = frozenset({"push", "delete"})
# A rename only if it says from where to where.
SUPPORTED_ACTIONS: Final = _CHANGES | {RENAME}
# Counted if that is wanted, never recorded one by one.
PULL: Final = "pull"

_READER: Final = msgspec.json.Decoder(Parts)
_NO_TARGET: Final = Target()
_NO_ACTOR: Final = Actor()
_NO_SOURCE: Final = Source()
_NO_REQUEST: Final = Request()


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of a notification.

    `repository` is the usable path of a supported event. `node` is the node of the registry that
    says it sent this; empty if nobody says. Texts are None if absent, and all can be stored.
    `origin` is not in the event: its message tells it. `renamed_to` is the path after a rename, of
    which `repository` is the one before; empty in any other event.
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
    renamed_to: str = ""

    @property
    def supported(self) -> bool:
        return self.action in _CHANGES or bool(self.renamed_to)

    @property
    def is_placed(self) -> bool:
        """Whether `repository` is a usable path; that of a supported event always is."""
        return repository_path.is_path(self.repository)

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
        the registry gives it, or if a supported event has no usable repository, or a rename two
        that are the same.
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
        renamed_to = ""
        if parts.action in _CHANGES:
            repository_path.check(target.repository, "target.repository")
        elif parts.action == RENAME:
            renamed_to = _renamed_to(target)
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
            renamed_to=renamed_to,
        )


def unrecorded_action(text: str) -> str:
    """The action of an event, valid or not, that nobody records; empty if there is none such."""
    try:
        value = strict_json.loads(text)
    except strict_json.InvalidJSONError:
        return ""
    if not isinstance(value, dict):
        return ""
    action = value.get("action")
    if not isinstance(action, str) or len(action) > LONGEST_ACTION or unstorable(action):
        return ""
    if action == RENAME:
        target = value.get("target")
        return "" if isinstance(target, dict) and target.get("rename") is not None else action
    return action if action not in _CHANGES else ""


def _renamed_to(target: Target | event_check.CheckedTarget) -> str:
    """Where the repository is now; empty if that, or where it was, is not said.

    An event that contradicts itself is refused: what was moved by mistake does not come back.
    """
    rename = target.rename
    before, after = (rename.from_path, rename.to_path) if rename else (None, None)
    if before is None or after is None:
        return ""
    repository_path.check(target.repository, "target.repository")
    repository_path.check(before, "target.rename.from")
    repository_path.check(after, "target.rename.to")
    if before != target.repository:
        raise InvalidEventError.at("target.rename.from", "is not target.repository", before)
    if before == after:
        raise InvalidEventError.at("target.rename.to", "is where it was before", after)
    return after
