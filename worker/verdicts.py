"""What a batch of events amounts to, given which repositories the catalogue holds: pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from shared.event import Event
from worker.classification.geo import is_geo_event
from worker.classification.tracking import TrackingAction, tracking_action

# Source and path: a path alone names a repository in each registry that has it.
RepositoryKey: TypeAlias = tuple[str, str]


def repository_key(event: Event) -> RepositoryKey:
    return event.origin.source, event.repository


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue's rows for the repositories of a batch: ids by source and path.

    `pending` are the ids of those whose creation no untagged push has been recorded as.
    """

    ids: Mapping[RepositoryKey, int]
    pending: frozenset[int] = frozenset()

    def __or__(self, other: "Catalogue") -> "Catalogue":
        return Catalogue({**self.ids, **other.ids}, self.pending | other.pending)


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
        row = catalogue.ids.get((event.origin.source, event.repository))
        action = tracking_action(event, repository_existed=row is not None)
        if action:
            geo = is_geo_event(event, repository_has_row=row is not None)
            verdicts.append(Verdict(event, action, geo, row))
    return verdicts


def once_each(verdicts: Sequence[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """Each event id once (the first that came), and the rest; both in their order."""
    first: dict[str, Verdict] = {}
    for verdict in verdicts:
        first.setdefault(verdict.event.id, verdict)
    return list(first.values()), [one for one in verdicts if first[one.event.id] is not one]


def first_pushes(verdicts: Iterable[Verdict], pending: Collection[int]) -> dict[int, Verdict]:
    """For each of the `pending` repositories the first untagged push to it."""
    first: dict[int, Verdict] = {}
    for verdict in verdicts:
        row = verdict.container_repository_id
        untagged = verdict.tracking_action is TrackingAction.PUSH_REPOSITORY
        if untagged and row is not None and row in pending:
            first.setdefault(row, verdict)
    return first


def created(verdicts: Iterable[Verdict], event_ids: Collection[str]) -> list[Verdict]:
    """The verdicts, with `create_repository` for those events."""
    return [
        msgspec.structs.replace(verdict, tracking_action=TrackingAction.CREATE_REPOSITORY)
        if verdict.event.id in event_ids
        else verdict
        for verdict in verdicts
    ]
