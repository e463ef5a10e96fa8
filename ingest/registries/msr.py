"""Mirantis Secure Registry 2 and 3, once Docker Trusted Registry: tags, manifests, pulls, deletes.

Rules: https://docs.mirantis.com/msr/3.1/ops/manage-webhooks.html, "Webhook types", and for what is
in them the same of 2.9, "Manage content structure using API". A hook is for one type; a push by tag
makes a TAG_PUSH and a MANIFEST_PUSH, so one of the two is enough. There is no id, so it is made of
the time. Not sent: media types. MSR 4 is Harbor.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Known,
    Sent,
    converted,
    derived_id,
    value,
)
from ingest.registries.reference import Name, needed, tag
from ingest.registries.registry import Registry, Reports, Says

_CHANGES: Final[Mapping[str, tuple[str, Kind]]] = {
    "TAG_PUSH": ("push", Kind.MANIFEST),
    "TAG_PULL": ("pull", Kind.MANIFEST),
    "TAG_DELETE": ("delete", Kind.TAG),
    "MANIFEST_PUSH": ("push", Kind.MANIFEST),
    "MANIFEST_PULL": ("pull", Kind.MANIFEST),
    "MANIFEST_DELETE": ("delete", Kind.MANIFEST),
    "REPO_DELETED": ("delete", Kind.REPOSITORY),
}


class _Body(msgspec.Struct, rename="camel"):
    type: Name
    contents: object = None
    created_at: str | None = None


class _Contents(msgspec.Struct, rename="camel"):
    namespace: Name
    repository: Name
    tag: str | None = None
    digest: str | None = None
    image_name: str | None = None
    author: str | None = None


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    if body.type not in _CHANGES:
        yield Ignored("type is of no tag, manifest or deleted repository")
        return
    action, kind = _CHANGES[body.type]
    contents = converted(body.contents, _Contents)
    if body.type.startswith("TAG_"):
        needed(contents.tag, "tag")
    elif body.type.startswith("MANIFEST_"):
        needed(contents.digest, "digest")
    told = bool(body.created_at)
    yield Change(
        action=action,
        repository=f"{contents.namespace}/{contents.repository}",
        kind=kind,
        tag=tag(contents.tag),
        digest=contents.digest or None,
        actor=contents.author or None,
        occurred_at=body.created_at or None,
        event_id=_id(body, contents) if told else None,
        id_from=Known.DERIVED,
        host=_host(contents),
    )


def _id(body: _Body, contents: _Contents) -> str:
    """Without a time it would be that of every later push of the same tag as well."""
    place = (contents.namespace, contents.repository, contents.tag, contents.digest)
    return derived_id("msr", (body.type, body.created_at, *place))


def _host(contents: _Contents) -> str | None:
    """Of an image's name that has one: the documentation says all have, its example has none."""
    place = f"/{contents.namespace}/{contents.repository}"
    host, found, _ = (contents.image_name or "").partition(place)
    return host if found and host else None


REGISTRY: Final = Registry(
    name="msr",
    label="Mirantis MSR 2 and 3",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.EXACT,
        pull=Says.EXACT,
        digest=Says.EXACT,
        actor=Says.EXACT,
        time=Says.EXACT,
        id=Says.DERIVED,
    ),
)
