"""Red Hat Quay: `repo_push` alone, without an id, a time or a digest.

Rules: https://docs.projectquay.io/use_quay.html, "Repository notifications". The event has no name
in the body; only a push has `updated_tags`. Neither a push by digest nor a delete notifies. Where
an operator replaces the body by a template of his own, it has to keep `repository`, `docker_url`
and `updated_tags`; without the last one it looks like any other event and is ignored.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import Change, Found, Ignored, Kind, Sent, Unreadable, value
from ingest.registries.reference import needed, tags
from ingest.registries.registry import Registry, Reports, Says


class _Body(msgspec.Struct):
    repository: str | None = None
    namespace: str | None = None
    name: str | None = None
    docker_url: str | None = None
    # Ancient ones have the image ids beside the tags.
    updated_tags: list[object] | dict[str, object] | None = None
    pruned_image_count: object = None


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    if not body.updated_tags:
        yield Ignored("no updated_tags: not repo_push")
        return
    if body.pruned_image_count is not None:
        yield Ignored("test: pruned_image_count is only in the sample data")
        return
    repository = _repository(body)
    for tag in tags(body.updated_tags):
        yield tag if isinstance(tag, Unreadable) else _push(body, repository, tag)


def _push(body: _Body, repository: str, tag: str) -> Change:
    return Change(
        action="push",
        repository=repository,
        kind=Kind.MANIFEST,
        tag=tag,
        host=(body.docker_url or "").partition("/")[0] or None,
    )


def _repository(body: _Body) -> str:
    if body.repository:
        return body.repository
    namespace = needed(body.namespace, "repository")
    return f"{namespace}/{needed(body.name, 'repository')}"


REGISTRY: Final = Registry(
    name="quay",
    label="Quay",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.NEVER,
        delete_manifest=Says.NEVER,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.NEVER,
        actor=Says.NEVER,
        time=Says.RECEIPT,
        id=Says.RECEIPT,
    ),
)
