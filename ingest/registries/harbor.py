"""Harbor 1 and 2: the format of its own, and CloudEvents.

Rules: https://goharbor.io/docs/latest/working-with-projects/project-configuration/configure-webhooks/
and https://github.com/goharbor/harbor/tree/main/src/pkg/notifier. Sent up to three times. A tag
that is made or deleted alone notifies nobody; a delete is that of an artifact, with all its tags,
of which it names the first one. Where there is no tag, `tag` has the digest. It tells no media
types.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from ingest.registries import array, cloudevents
from ingest.registries.adapter import (
    Found,
    Ignored,
    Sent,
    UnreadableRequestError,
    converted,
    derived_id,
    moment_of,
)
from ingest.registries.harbor_artifact import Occasion, Repository, Resource, changes
from ingest.registries.harbor_types import ACTIONS, reason
from ingest.registries.reference import needed
from ingest.registries.registry import Registry, Reports, Says


class _Data(msgspec.Struct):
    repository: Repository | None = None
    resources: Sequence[object] | None = None


class _Type(msgspec.Struct):
    type: str | None = None


class _Body(msgspec.Struct):
    occur_at: int | float | None = None
    operator: str | None = None
    event_data: object = None


def read(sent: Sent) -> Iterator[Found]:
    yield from array.each(cloudevents.told(sent), _found)


def _found(element: object) -> Iterator[Found]:
    name = needed(converted(element, _Type).type, "type")
    if name not in ACTIONS:
        yield Ignored(reason(name))
    elif cloudevents.is_one(element):
        one = cloudevents.event(element)
        occasion = Occasion(ACTIONS[name], one.operator, one.time or None, lambda _: one.id or None)
        yield from _of_each(occasion, cloudevents.data(one))
    else:
        body = converted(element, _Body)
        yield from _of_each(_occasion(name, body), body.event_data)


def _of_each(occasion: Occasion, told: object) -> Iterator[Found]:
    data = converted(told, _Data)
    if not data.resources:
        raise UnreadableRequestError("has no resources")
    repository, several = data.repository or Repository(), len(data.resources) > 1
    yield from array.each(
        list(data.resources) if several else data.resources[0],
        lambda one: changes(occasion, repository, converted(one, Resource), several=several),
    )


def _occasion(name: str, body: _Body) -> Occasion:
    """Its id is made of what it says, unless that has no time: the next would be the same."""
    seconds = None if body.occur_at is None else int(body.occur_at)

    def identify(fields: Sequence[object]) -> str | None:
        if seconds is None:
            return None
        return derived_id("harbor", [name, seconds, body.operator, *fields])

    return Occasion(
        ACTIONS[name], body.operator, moment_of(seconds, "occur_at"), identify, is_derived=True
    )


REGISTRY: Final = Registry(
    name="harbor",
    label="Harbor",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.NEVER,
        pull=Says.EXACT,
        digest=Says.EXACT,
        actor=Says.EXACT,
        time=Says.EXACT,
        id=Says.DERIVED,
    ),
)
