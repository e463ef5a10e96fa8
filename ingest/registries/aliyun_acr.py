"""Alibaba Cloud Container Registry: pushes, without an id, an actor or a usable time.

Rules: argoproj-labs/argocd-image-updater, pkg/webhook/aliyun_acr.go, after Alibaba's page on
webhooks. `pushed_at` has no zone, so it is not used as a time, but it does tell one push from the
next. Not sent: deletes, pulls, media types, the name of the instance.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import Change, Found, Kind, Known, Sent, derived_id, value
from ingest.registries.reference import needed, path_of, tag
from ingest.registries.registry import Registry, Reports, Says


class _Push(msgspec.Struct):
    tag: str | None = None
    digest: str | None = None
    pushed_at: str | None = None


class _Repository(msgspec.Struct):
    repo_full_name: str | None = None
    namespace: str | None = None
    name: str | None = None


class _Body(msgspec.Struct):
    push_data: _Push
    repository: _Repository


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    push, of = body.push_data, body.repository
    repository = path_of(of.repo_full_name, of.namespace, of.name)
    needed(push.tag or push.digest, "tag and no digest")
    # Without its time the id would be that of every later push of the same as well.
    told = bool(push.pushed_at)
    fields = (repository, push.tag, push.pushed_at, push.digest)
    yield Change(
        action="push",
        repository=repository,
        kind=Kind.MANIFEST,
        tag=tag(push.tag),
        digest=push.digest or None,
        event_id=derived_id("aliyun-acr", fields) if told else None,
        id_from=Known.DERIVED,
    )


REGISTRY: Final = Registry(
    name="aliyun-acr",
    label="Alibaba Cloud ACR",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.NEVER,
        delete_manifest=Says.NEVER,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.NEVER,
        time=Says.RECEIPT,
        id=Says.DERIVED,
    ),
)
