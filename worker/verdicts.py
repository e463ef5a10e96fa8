"""What a batch of events amounts to, given which repositories the catalogue holds: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.event import Event
from worker.classification.geo import is_geo_event
from worker.classification.tracking import TrackingAction, tracking_action


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue's rows for the repositories of a batch, by path; `created` by this batch."""

    ids: Mapping[str, int]
    created: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be recorded of one event."""

    event: Event
    tracking_action: TrackingAction
    geo: bool
    container_repository_id: int | None


def once_each(events: Iterable[Event]) -> list[Event]:
    """The supported events, each id once (the first that came), in their order."""
    first: dict[str, Event] = {}
    for event in events:
        if event.supported:
            first.setdefault(event.id, event)
    return list(first.values())


def pushed_paths(events: Iterable[Event]) -> set[str]:
    """The repositories that the batch would register."""
    return {event.repository for event in events if event.action == "push"}


def judge(events: Sequence[Event], catalogue: Catalogue) -> list[Verdict]:
    """The verdict on each event, in their order.

    A repository that this batch created did not exist until the first push to it in the batch.
    """
    not_yet = set(catalogue.created)
    verdicts = []
    for event in events:
        path = event.repository
        existed = path in catalogue.ids and path not in not_yet
        if event.action == "push":
            not_yet.discard(path)
        row = None if path in not_yet else catalogue.ids.get(path)
        action = tracking_action(event, repository_existed=existed)
        if action:
            geo = is_geo_event(event, repository_has_row=row is not None)
            verdicts.append(Verdict(event, action, geo, row))
    return verdicts
