"""GitHub: containers of ghcr.io, by the events `package` and `registry_package`.

Rules: https://docs.github.com/webhooks/webhook-events-and-payloads#package. Both are sent for one
push, with different ids: subscribe to one of them. Each is sent once; deletes and pulls never.
The times in it are not those of the push, so it is that of the receipt. An owner may have capitals,
the image has none.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Known,
    Sent,
    UnreadableRequestError,
    converted,
)
from ingest.registries.form import payload
from ingest.registries.reference import digest, needed, tag
from ingest.registries.registry import Registry, Reports, Says

_EVENTS: Final = ("package", "registry_package")
# `docker` is what the registry before ghcr.io calls itself.
_CONTAINERS: Final = frozenset({"container", "docker"})


class _Login(msgspec.Struct):
    login: str | None = None


class _Body(msgspec.Struct):
    action: str | None = None
    package: object = None
    registry_package: object = None
    sender: _Login | None = None
    zen: object = None


class _Tag(msgspec.Struct):
    name: str | None = None
    digest: str | None = None


class _Manifest(msgspec.Struct):
    digest: str | None = None
    media_type: str | None = None


class _Container(msgspec.Struct):
    tag: _Tag | None = None
    manifest: _Manifest | None = None


class _Version(msgspec.Struct):
    version: str | None = None
    package_url: str | None = None
    container_metadata: _Container | None = None


class _Type(msgspec.Struct):
    package_type: str | None = None


class _Package(msgspec.Struct):
    name: str | None = None
    namespace: str | None = None
    owner: _Login | None = None
    package_version: _Version | None = None


def read(sent: Sent) -> Iterator[Found]:
    event, body = sent.headers.get("x-github-event"), converted(payload(sent), _Body)
    told = body.package or body.registry_package
    if event == "ping" or (not event and not told and body.zen):
        yield Ignored("ping")
    elif event and event not in _EVENTS:
        yield Ignored("neither package nor registry_package")
    elif needed(converted(told, _Type).package_type, "package_type").lower() not in _CONTAINERS:
        yield Ignored("package_type is not a container")
    elif needed(body.action, "action") not in {"published", "updated"}:
        yield Ignored("an action that nobody records")
    else:
        yield _push(sent, body, converted(told, _Package))


def _push(sent: Sent, body: _Body, package: _Package) -> Change:
    version = package.package_version or _Version()
    container = version.container_metadata or _Container()
    tagged, manifest = container.tag or _Tag(), container.manifest or _Manifest()
    found = digest(version.version) or digest(manifest.digest) or digest(tagged.digest)
    if not (found or tag(tagged.name)):
        raise UnreadableRequestError("has neither a tag nor a digest")
    owner = needed((package.owner or _Login()).login or package.namespace, "owner")
    delivery = sent.headers.get("x-github-delivery") or None
    return Change(
        action="push",
        repository=f"{owner}/{needed(package.name, 'name')}".lower(),
        kind=Kind.MANIFEST,
        tag=tag(tagged.name),
        digest=found,
        media_type=manifest.media_type or None,
        actor=(body.sender or _Login()).login or None,
        event_id=delivery,
        id_from=Known.HEADER,
        host=_host(version.package_url or ""),
    )


def _host(url: str) -> str | None:
    host, slash, _ = url.partition("/")
    return host if slash and host else None


REGISTRY: Final = Registry(
    name="ghcr",
    label="GitHub Container Registry",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.NEVER,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.EXACT,
        time=Says.RECEIPT,
        id=Says.EXACT,
    ),
)
