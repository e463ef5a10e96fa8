"""Cloudsmith: Docker packages synchronised, deleted and tagged anew.

Rules: https://docs.cloudsmith.com/developer-tools/webhooks, whose example is no Docker package:
that `version` is the digest and `tags.version` the tags is inferred. The body is a JSON object, an
array of these or a form; a template of one's own is not read. Not sent: pulls, media types, who
deleted (`uploader` did not).
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from ingest.registries import form
from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Sent,
    Unreadable,
    converted,
)
from ingest.registries.array import each
from ingest.registries.reference import Name, digest, needed, sha256, tags
from ingest.registries.registry import Registry, Reports, Says


class _Meta(msgspec.Struct):
    event_id: Name
    event_at: str | None = None
    trigger_id: str | None = None


class _Context(msgspec.Struct):
    old_tags: list[object] | None = None
    new_tags: list[object] | None = None


class _Notification(msgspec.Struct):
    meta: _Meta
    data: object = None
    context: _Context | None = None


class _Tags(msgspec.Struct):
    version: list[object] | None = None


class _Package(msgspec.Struct):
    format: Name
    namespace: str | None = None
    repository: str | None = None
    name: str | None = None
    version: str | None = None
    tags: _Tags | None = None
    uploader: str | None = None


def read(sent: Sent) -> Iterator[Found]:
    yield from each(form.payload(sent), _found)


def _found(told: object) -> Iterator[Found]:
    notification = converted(told, _Notification)
    event = notification.meta.event_id
    if event not in {"package.synced", "package.deleted", "package.tags_updated"}:
        yield Ignored("event is none of package.synced, package.deleted, package.tags_updated")
        return
    package = converted(notification.data, _Package)
    if package.format != "docker":
        yield Ignored("format is not docker")
    elif event == "package.tags_updated":
        yield from _tagged_anew(notification, package)
    else:
        yield from _whole(notification, package, "push" if event == "package.synced" else "delete")


def _whole(notification: _Notification, package: _Package, action: str) -> Iterator[Found]:
    """A manifest is pushed once for each of its tags, and deleted together with them."""
    change = _change(notification, package, action)
    named = list(tags((package.tags and package.tags.version) or ()))
    if not named:
        needed(change.digest, "digest and no tag")
    if change.digest and (action == "delete" or not named):
        yield change
    for tag in named:
        yield _of(change, tag)


def _tagged_anew(notification: _Notification, package: _Package) -> Iterator[Found]:
    context = notification.context or _Context()
    none = context.old_tags is None or context.new_tags is None
    old, new = list(tags(context.old_tags or ())), list(tags(context.new_tags or ()))
    if none or not [tag for tag in old + new if tag not in old or tag not in new]:
        yield Ignored("package.tags_updated does not say which tags changed")
        return
    for action, named, others in (("push", new, old), ("delete", old, new)):
        change = _change(notification, package, action)
        yield from (_of(change, tag) for tag in named if tag not in others)


def _of(change: Change, tag: str | Unreadable) -> Found:
    if isinstance(tag, Unreadable):
        return tag
    number = f"{change.event_id}/{tag}" if change.event_id else None
    if change.action == "push":
        return replace(change, tag=tag, event_id=number)
    return replace(change, tag=tag, event_id=number, kind=Kind.TAG, digest=None)


def _change(notification: _Notification, package: _Package, action: str) -> Change:
    meta, version = notification.meta, package.version
    place = (package.namespace, package.repository, package.name)
    synced = meta.event_id == "package.synced"
    return Change(
        action=action,
        repository="/".join(needed(part, "repository") for part in place),
        kind=Kind.MANIFEST,
        digest=sha256(version) or digest(version),
        actor=package.uploader or None if synced else None,
        occurred_at=meta.event_at or None,
        event_id=meta.trigger_id or None,
    )


REGISTRY: Final = Registry(
    name="cloudsmith",
    label="Cloudsmith",
    read=read,
    reports=Reports(
        push_tag=Says.PARTLY,
        push_untagged=Says.PARTLY,
        delete_manifest=Says.PARTLY,
        delete_tag=Says.PARTLY,
        pull=Says.NEVER,
        digest=Says.PARTLY,
        actor=Says.PARTLY,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
