"""One event as Distribution writes it, without the envelope `events` around it.

Rules: https://distribution.github.io/distribution/about/notifications/
"""

from typing import Final

import msgspec

from ingest.registries.adapter import Change, Kind
from ingest.registries.reference import needed, tag

ACTIONS: Final = frozenset({"push", "pull", "mount", "delete"})
# What Distribution calls the media type of every layer and configuration.
_BLOB: Final = "application/octet-stream"


class _Target(msgspec.Struct, rename="camel"):
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None
    media_type: str | None = None


class _Request(msgspec.Struct):
    id: str | None = None
    addr: str | None = None
    host: str | None = None
    method: str | None = None
    useragent: str | None = None


class _Actor(msgspec.Struct):
    name: str | None = None


class _Source(msgspec.Struct):
    addr: str | None = None
    instance_id: str | None = msgspec.field(default=None, name="instanceID")


class BareEvent(msgspec.Struct):
    """`actor.user`, a token of GitLab's, is not read."""

    id: str | None = None
    timestamp: str | None = None
    action: str | None = None
    target: _Target | None = None
    request: _Request | None = None
    actor: _Actor | None = None
    source: _Source | None = None


class Action(msgspec.Struct):
    """What decides whether the rest has to be readable."""

    action: str | None = None


def change(event: BareEvent, action: str) -> Change:
    """Raises UnreadableRequestError if it has no repository."""
    target, request = event.target or _Target(), event.request or _Request()
    source = event.source or _Source()
    repository = needed(target.repository, "target.repository")
    kind = _kind(target, action)
    return Change(
        action=action,
        repository=repository,
        kind=kind,
        # With a manifest all its tags go.
        tag=None if (action, kind) == ("delete", Kind.MANIFEST) else _tag(target),
        digest=target.digest or None,
        media_type=target.media_type or None,
        actor=(event.actor or _Actor()).name or None,
        occurred_at=event.timestamp or None,
        event_id=event.id or None,
        host=request.host or None,
        address=request.addr or None,
        method=request.method or None,
        user_agent=request.useragent or None,
        request_id=request.id or None,
        node=source.addr or source.instance_id or None,
    )


def _tag(target: _Target) -> str | None:
    return None if target.tag == target.digest else tag(target.tag)


def _kind(target: _Target, action: str) -> Kind:
    if action == "delete" and not target.digest:
        return Kind.TAG if _tag(target) else Kind.REPOSITORY
    if target.media_type == _BLOB and not _tag(target):
        return Kind.BLOB
    return Kind.MANIFEST
