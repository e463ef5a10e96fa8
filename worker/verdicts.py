"""What a batch of events amounts to, given which repositories the catalogue holds: pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

import msgspec

from shared.event import Event
from shared.origin import DEFAULT, DERIVED
from worker.classification.geo import is_geo_event
from worker.classification.tracking import TrackingAction, tracking_action

# Source and path: a path alone names a repository in each registry that has it.
RepositoryKey: TypeAlias = tuple[str, str]
# Time, id and within what that is unique: what a registry sends again has the same.
EventKey: TypeAlias = tuple[datetime, str, str]
# What was at a path then, which a rename may have moved since.
Moment: TypeAlias = tuple[RepositoryKey, datetime]


def repository_key(event: Event) -> RepositoryKey:
    return event.origin.source, event.repository


def event_key(event: Event) -> EventKey:
    return event.timestamp, event.id, id_scope(event)


def id_scope(event: Event) -> str:
    """The source, for an id that is made of what a body has: two registries may make the same."""
    origin = event.origin
    return origin.source if origin is not DEFAULT and origin.id_from == DERIVED else ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue's rows for the repositories of a batch: ids by source and path.

    `pending` are the ids of those whose creation no untagged push has been recorded as, `since`
    the moments of the last renames that touched a path, `moved` where the repositories of events
    from before are now.
    """

    ids: Mapping[RepositoryKey, int]
    pending: frozenset[int] = frozenset()
    since: Mapping[RepositoryKey, datetime] = field(default_factory=dict)
    moved: Mapping[Moment, RepositoryKey] = field(default_factory=dict)

    def __or__(self, other: "Catalogue") -> "Catalogue":
        return Catalogue(
            {**self.ids, **other.ids},
            self.pending | other.pending,
            {**self.since, **other.since},
            {**self.moved, **other.moved},
        )

    def row(self, event: Event) -> int | None:
        key = repository_key(event)
        return self.ids.get(self.moved.get((key, event.timestamp), key) if self.moved else key)


def astray(events: Iterable[Event], catalogue: Catalogue) -> set[Moment]:
    """Of which events a rename may have moved the repository: those without a row, or too old."""
    keys = ((repository_key(event), event.timestamp) for event in events)
    return {
        (key, moment)
        for key, moment in keys
        if key not in catalogue.ids or (key in catalogue.since and moment <= catalogue.since[key])
    }


class Verdict(msgspec.Struct, frozen=True):
    """What is to be recorded of one event."""

    event: Event
    tracking_action: TrackingAction
    geo: bool
    container_repository_id: int | None


def judge(events: Sequence[Event], catalogue: Catalogue) -> list[Verdict]:
    """The verdict on each event, in their order and whatever that is.

    An untagged push to a repository that has a row is `push_repository`, until `created` says
    otherwise: that depends on whose push is recorded first.
    """
    verdicts = []
    for event in events:
        row = catalogue.row(event)
        action = tracking_action(event, repository_existed=row is not None)
        if action:
            geo = is_geo_event(event, repository_has_row=row is not None)
            verdicts.append(Verdict(event, action, geo, row))
    return verdicts


def once_each(verdicts: Sequence[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """Each event's key once (the first that came), and the rest; both in their order."""
    first: dict[EventKey, Verdict] = {}
    rest = [
        verdict
        for verdict in verdicts
        if first.setdefault(event_key(verdict.event), verdict) is not verdict
    ]
    return list(first.values()), rest


def first_pushes(verdicts: Iterable[Verdict], pending: Collection[int]) -> dict[int, Verdict]:
    """For each of the `pending` repositories the first untagged push to it."""
    first: dict[int, Verdict] = {}
    for verdict in verdicts:
        row = verdict.container_repository_id
        untagged = verdict.tracking_action is TrackingAction.PUSH_REPOSITORY
        if untagged and row is not None and row in pending:
            first.setdefault(row, verdict)
    return first


Key = TypeVar("Key")


def creation(
    claims: Sequence[object | None], order: Sequence[Key]
) -> tuple[Key | None, Sequence[Key]]:
    """Of two rows that become one: the event that created it, and those that did not after all.

    `claims` are the events that were recorded as creations, None of a row that was there before
    all events; `order` is the one in which they were recorded.
    """
    if None in claims or not order:
        return None, order
    return order[0], order[1:]


def created(verdicts: Iterable[Verdict], events: Collection[EventKey]) -> list[Verdict]:
    """The verdicts, with `create_repository` for those events."""
    return [
        msgspec.structs.replace(verdict, tracking_action=TrackingAction.CREATE_REPOSITORY)
        if event_key(verdict.event) in events
        else verdict
        for verdict in verdicts
    ]
