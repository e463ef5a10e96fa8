"""What replaying kept events would change, and what it has changed: pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from worker.replay.comparison import Compared
from worker.replay.correction import GEO_EVENT
from worker.replay.standing import Otherwise


@dataclass(slots=True)
class Difference:
    """`events` were read, each of them is of one of the kinds that are counted here.

    `missing` by their action; `otherwise` as they should be and as they are recorded. `unrecorded`
    are of actions that nobody records one by one, as pulls are; `invalid` ones are dead letters.
    """

    events: int = 0
    recorded: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    otherwise: Counter[str] = field(default_factory=Counter)
    conflicting: int = 0
    expired: int = 0
    repeated: int = 0
    unrecorded: int = 0
    invalid: int = 0

    def add(self, compared: Compared) -> None:
        self.recorded += compared.recorded
        self.missing.update(compared.missing)
        self.otherwise.update(told for one in compared.otherwise for told in _told(one))
        self.conflicting += compared.conflicting
        self.expired += compared.expired
        self.repeated += compared.repeated

    @property
    def is_none(self) -> bool:
        return not (self.missing or self.otherwise)

    def document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _told(one: Otherwise) -> list[str]:
    told = [f"{one.action} for {one.row.action}"] if one.action != one.row.action else []
    return [*told, f"{GEO_EVENT} missing"] if one.lacks_geo else told


@dataclass(slots=True)
class Done:
    """What was recorded anew and set right; `failed` ones the database refuses."""

    recorded: Counter[str] = field(default_factory=Counter)
    corrected: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
