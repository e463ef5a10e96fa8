"""How a kept event stands in the database, and how it should by the rules of now: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from shared.settings import CatalogueMode
from worker.classification.tracking import TrackingAction
from worker.verdicts import Catalogue, Verdict, event_key, repository_key

# Whether an untagged push creates its repository is not said by the rules, but by the catalogue.
UNTAGGED: Final = frozenset({TrackingAction.PUSH_REPOSITORY, TrackingAction.CREATE_REPOSITORY})


class Rules(NamedTuple):
    """By which events are recorded, as the settings have them."""

    mode: CatalogueMode
    geo_enabled: bool


class Row(NamedTuple):
    """What `tracking_events` says of an event."""

    action: TrackingAction
    container_repository_id: int | None
    recorded_at: datetime


class Creation(NamedTuple):
    """What the catalogue says of a repository: whose push created it, None if none is known."""

    pending: bool
    creator: tuple[datetime, str] | None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """An event that is recorded otherwise than the rules say now.

    `claims`: it is to be the creation of its repository, which has none.
    """

    verdict: Verdict
    row: Row
    action: TrackingAction
    claims: bool
    lacks_geo: bool


class Creating:
    """Which events would be creations, of repositories that have none; of each one."""

    def __init__(self, mode: CatalogueMode) -> None:
        self._mode = mode
        self._creating: set[object] = set()

    def of_missing(self, verdict: Verdict, catalogue: Catalogue) -> TrackingAction:
        """As what it would be recorded."""
        if self._mode is CatalogueMode.LOOKUP or verdict.tracking_action not in UNTAGGED:
            return verdict.tracking_action
        row = verdict.container_repository_id
        if row is not None and row not in catalogue.pending:
            return TrackingAction.PUSH_REPOSITORY
        return self._claim(repository_key(verdict.event) if row is None else row)

    def of_recorded(
        self, verdict: Verdict, row: Row, creations: Mapping[int, Creation]
    ) -> tuple[TrackingAction, bool]:
        """As what it should be recorded, and whether it is to claim that."""
        if verdict.tracking_action not in UNTAGGED:
            return verdict.tracking_action, False
        known = creations.get(row.container_repository_id or 0)
        if known and known.creator == event_key(verdict.event)[:2]:
            return TrackingAction.CREATE_REPOSITORY, False
        if known and known.pending:
            action = self._claim(row.container_repository_id)
            return action, action is TrackingAction.CREATE_REPOSITORY
        if known and known.creator:
            return TrackingAction.PUSH_REPOSITORY, False
        # Nobody knows: the repository was there before events were, or the platform has its row.
        usual = TrackingAction.PUSH_REPOSITORY
        return (row.action if row.action in UNTAGGED else usual), False

    def _claim(self, repository: object) -> TrackingAction:
        if repository in self._creating:
            return TrackingAction.PUSH_REPOSITORY
        self._creating.add(repository)
        return TrackingAction.CREATE_REPOSITORY
