"""JFrog Artifactory: tags pushed and deleted in Docker repositories, without an id or a time.

Rules: https://jfrog.com/help/r/jfrog-platform-administration-documentation/domain-docker, bodies
as captured in akuity/kargo's pull request 4498. `image_name` is only the last part of a name, so it
is read from `path`; `source` is a node, no person. Not sent: pulls, media types, untagged deletes.

By default the repository's key is the first part of a name, and a cache, whose key ends in
`-cache`, is ignored.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Sent,
    UnreadableRequestError,
    converted,
    value,
)
from ingest.registries.reference import Name, digest, sha256, tag
from ingest.registries.registry import Option, Registry, Reports, Says

_ACTIONS: Final = {"pushed": "push", "deleted": "delete"}
_LEAVE_OUT_KEY: Final = Option(
    "repository-key", "leave-out", "images are called without it, by a host or port of its own"
)
_TAKE_CACHE: Final = Option(
    "remote-cache", "take", "what a remote repository fetched is taken for a push"
)


class _User(msgspec.Struct):
    id: str | None = None


class _Body(msgspec.Struct):
    domain: Name
    event_type: str | None = None
    data: object = None
    jpd_origin: str | None = None
    source: str | None = None
    user: _User | None = msgspec.field(name="userContext", default=None)


class _Data(msgspec.Struct):
    repo_key: Name
    path: Name
    sha256: str | None = None
    tag: str | None = None


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    if body.domain != "docker":
        yield Ignored(
            "domain is not docker; each docker push also makes artifact events for every layer"
        )
        return
    if not body.event_type:
        raise UnreadableRequestError("has no event_type")
    if body.event_type not in _ACTIONS:
        yield Ignored("event_type is neither pushed nor deleted")
        return
    data = converted(body.data, _Data)
    if data.repo_key.endswith("-cache") and not _TAKE_CACHE.is_chosen(sent.options):
        yield Ignored("the cache of a remote repository")
        return
    yield _change(sent, body, data)


def _change(sent: Sent, body: _Body, data: _Data) -> Change:
    image, version = _place(data)
    if data.sha256 and not sha256(data.sha256):
        raise UnreadableRequestError("sha256 is not one")
    if not _LEAVE_OUT_KEY.is_chosen(sent.options):
        image = f"{data.repo_key}/{image}"
    action, named = _ACTIONS[body.event_type or ""], tag(version)
    return Change(
        action=action,
        repository=image,
        kind=Kind.TAG if action == "delete" and named else Kind.MANIFEST,
        tag=named,
        digest=sha256(data.sha256) or digest(version),
        actor=(body.user.id or None) if body.user else None,
        host=_host(body.jpd_origin),
        node=body.source or None,
    )


def _place(data: _Data) -> tuple[str, str]:
    """Image, and tag or digest: what stands before the file's name.

    Raises UnreadableRequestError where the path is another one, rather than take it for an image.
    """
    image, _, version = data.path.strip("/").rpartition("/")[0].rpartition("/")
    # The folder of a digest is written with either separator.
    version = version.replace("sha256__", "sha256:")
    if not image or (data.tag and data.tag.replace("sha256__", "sha256:") != version):
        raise UnreadableRequestError("path is not that of a tag's manifest")
    return image, version


def _host(origin: str | None) -> str | None:
    try:
        return urlsplit(origin or "").netloc.rpartition("@")[2] or None
    except ValueError:
        return None


REGISTRY: Final = Registry(
    name="artifactory",
    label="JFrog Artifactory",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.PARTLY,
        delete_manifest=Says.NEVER,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.PARTLY,
        time=Says.RECEIPT,
        id=Says.RECEIPT,
    ),
    options=(_LEAVE_OUT_KEY, _TAKE_CACHE),
)
