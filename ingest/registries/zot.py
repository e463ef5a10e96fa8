"""zot: CloudEvents, as its own sink sends them (binary) or a relay passes them on (structured).

Rules: https://github.com/project-zot/zot/tree/main/pkg/extensions/events. Each is sent
once. A push that changes nothing is not sent, nor are pulls, blobs or the registry's host.
`reference` is a tag or a digest: a delete by tag leaves the manifest.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries import array, cloudevents
from ingest.registries.adapter import Change, Found, Ignored, Kind, Sent, converted
from ingest.registries.reference import digest as digest_of
from ingest.registries.reference import needed, tag
from ingest.registries.registry import Registry, Reports, Says

_ACTIONS: Final = {"image.updated": "push", "image.deleted": "delete"}
_IGNORED: Final = {
    "repository.created": (
        "zot says that the repository exists before anything is in it; "
        "the push that follows makes create_repository"
    ),
    "image.scanned": "scan result, nothing changed in the registry",
    "image.lint_failed": "lint failed, nothing changed in the registry",
}


class _Actor(msgspec.Struct):
    name: str | None = None


class _Request(msgspec.Struct):
    addr: str | None = None
    method: str | None = None
    useragent: str | None = None


class _Data(msgspec.Struct, rename="camel"):
    """`manifest`, of up to 4 MiB, is not kept."""

    name: str | None = None
    reference: str | None = None
    digest: str | None = None
    media_type: str | None = None
    actor: _Actor | None = None
    request: _Request | None = None


def read(sent: Sent) -> Iterator[Found]:
    yield from array.each(cloudevents.told(sent), _found)


def _found(element: object) -> Iterator[Found]:
    event = cloudevents.event(element)
    # What stands before is the registry's to choose.
    kind_of_event = ".".join(event.type.split(".")[-2:])
    if kind_of_event not in _ACTIONS:
        yield Ignored(_IGNORED.get(kind_of_event, "a type of event that nobody records"))
        return
    data = converted(cloudevents.data(event), _Data)
    yield _change(event, data, _ACTIONS[kind_of_event])


def _change(event: cloudevents.CloudEvent, data: _Data, action: str) -> Change:
    reference = needed(data.reference or data.digest, "reference and no digest")
    named = None if reference == data.digest else tag(reference)
    request = data.request or _Request()
    return Change(
        action=action,
        repository=needed(data.name, "name"),
        kind=Kind.TAG if action == "delete" and named else Kind.MANIFEST,
        tag=named,
        digest=data.digest or digest_of(reference),
        media_type=data.media_type or None,
        actor=(data.actor or _Actor()).name or None,
        occurred_at=event.time or None,
        event_id=event.id or None,
        address=request.addr or None,
        method=request.method or None,
        user_agent=request.useragent or None,
    )


REGISTRY: Final = Registry(
    name="zot",
    label="zot",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.PARTLY,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
