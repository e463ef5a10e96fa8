"""Docker Hub: pushes by tag, without an id, a digest or an event's name.

Rules: https://docs.docker.com/docker-hub/repos/manage/webhooks/. One image of several platforms
calls several times with equal values: the id, which is made of these, makes one event of them, and
of two pushes of a tag within a second. `images` are no digests of manifests, `callback_url` is
never called. Not sent: deletes, pulls.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Kind,
    Known,
    Sent,
    derived_id,
    moment_of,
    value,
)
from ingest.registries.reference import path_of, tag
from ingest.registries.registry import Registry, Reports, Says


class _Push(msgspec.Struct):
    # Seconds since the epoch, in old bodies with a point; bodies of 2015 have no tag.
    pushed_at: int | float | None = None
    tag: str | None = None
    pusher: str | None = None


class _Repository(msgspec.Struct):
    repo_name: str | None = None
    namespace: str | None = None
    name: str | None = None


class _Body(msgspec.Struct):
    push_data: _Push
    repository: _Repository


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    push, of = body.push_data, body.repository
    repository = path_of(of.repo_name, of.namespace, of.name)
    seconds = None if push.pushed_at is None else int(push.pushed_at)
    told = seconds is not None
    fields = (repository, push.tag, seconds, push.pusher)
    yield Change(
        action="push",
        repository=repository,
        kind=Kind.MANIFEST,
        tag=tag(push.tag),
        actor=push.pusher or None,
        occurred_at=moment_of(seconds, "pushed_at"),
        # Without a time it would be that of every later push of the same tag as well.
        event_id=derived_id("dockerhub", fields) if told else None,
        id_from=Known.DERIVED,
        host="docker.io",
    )


REGISTRY: Final = Registry(
    name="dockerhub",
    label="Docker Hub",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.NEVER,
        delete_manifest=Says.NEVER,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.NEVER,
        actor=Says.EXACT,
        time=Says.EXACT,
        id=Says.DERIVED,
    ),
)
