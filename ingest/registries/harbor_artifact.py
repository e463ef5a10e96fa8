"""What happened to one artifact of Harbor's: a change, or two where it is deleted with a tag."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ingest.registries.adapter import Change, Found, Kind, Known
from ingest.registries.reference import digest as digest_of
from ingest.registries.reference import needed, path_of, tag


class Repository(msgspec.Struct):
    name: str | None = None
    namespace: str | None = None
    repo_full_name: str | None = None


class Resource(msgspec.Struct):
    digest: str | None = None
    tag: str | None = None
    resource_url: str | None = None


class Occasion(NamedTuple):
    """What all artifacts of a notification have in common.

    `identify` gives the id for the fields of one that tell it from others; None if there is none.
    """

    action: str
    operator: str | None
    moment: str | None
    identify: Callable[[Sequence[object]], str | None]
    is_derived: bool = False


def changes(
    occasion: Occasion, of: Repository, resource: Resource, *, several: bool
) -> Iterator[Found]:
    """Raises UnreadableRequestError. `several`: their ids need what tells them apart."""
    path = path_of(of.repo_full_name, of.namespace, of.name, what="repository")
    digest = resource.digest or digest_of(resource.tag)
    named = None if resource.tag == digest else tag(resource.tag)
    needed(digest or named, "digest and no tag")
    event_id = occasion.identify([path, resource.digest, resource.tag, resource.resource_url])
    if event_id and several and not occasion.is_derived:
        event_id = f"{event_id}/{named or digest}"
    change = Change(
        action=occasion.action,
        repository=path,
        kind=Kind.MANIFEST,
        tag=named,
        digest=digest,
        actor=occasion.operator or None,
        occurred_at=occasion.moment,
        event_id=event_id,
        id_from=Known.DERIVED if occasion.is_derived else Known.NATIVE,
        host=_host(resource.resource_url or ""),
    )
    yield from _deletes(change) if occasion.action == "delete" else [change]


def _deletes(change: Change) -> Iterator[Change]:
    if change.digest:
        yield msgspec.structs.replace(change, tag=None, event_id=_part(change, "manifest"))
    if change.tag:
        gone = msgspec.structs.replace(change, kind=Kind.TAG, digest=None)
        yield msgspec.structs.replace(gone, event_id=_part(change, "tag"))


def _part(change: Change, name: str) -> str | None:
    return change.event_id and f"{change.event_id}/{name}"


def _host(url: str) -> str | None:
    host, slash, _ = url.partition("/")
    return host if slash and host else None
