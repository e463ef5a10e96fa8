"""Red Hat Quay: `repo_push` alone, without an id, a time or a digest.

Rules: https://docs.projectquay.io/use_quay.html, "Repository notifications". The event has no name
in the body; only a push has `updated_tags`. Neither a push by digest nor a delete notifies.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Known,
    Registry,
    Reports,
    Says,
    Sent,
    value,
)


class _Body(msgspec.Struct):
    repository: str | None = None
    docker_url: str | None = None
    # Ancient ones have the image ids beside the tags.
    updated_tags: Sequence[str] | Mapping[str, str] | None = None
    pruned_image_count: object = None


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    if body.updated_tags is None:
        yield Ignored("no updated_tags: not repo_push")
        return
    if body.pruned_image_count is not None:
        yield Ignored("test: pruned_image_count is only in the sample data")
        return
    for tag in body.updated_tags:
        yield Change(
            action="push",
            repository=body.repository or "",
            kind=Kind.MANIFEST,
            tag=tag,
            id_from=Known.RECEIVED,
            time_from=Known.RECEIVED,
            host=_host(body),
        )


def _host(body: _Body) -> str | None:
    return (body.docker_url or "").removesuffix(f"/{body.repository}") or None


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
