"""One recorded event as a line of a list. Pure."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from console.events.cursor import Cursor
from shared import lag

COLUMNS: Final = (
    "occurred_at, recorded_at, event_id, action, registry_source, repository, tag, digest, actor"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    occurred_at: datetime
    recorded_at: datetime
    event_id: str
    action: str
    source: str
    repository: str
    tag: str
    digest: str
    actor: str

    @classmethod
    def of(cls, row: Any) -> Self:  # noqa: ANN401  a record, which mypy knows by no fields
        """A row of COLUMNS."""
        occurred_at, recorded_at, event_id, action, source, repository, *rest = row
        texts = (text or "" for text in rest)
        return cls(occurred_at, recorded_at, event_id, action, source, repository, *texts)

    @property
    def verb(self) -> str:
        return self.action.partition("_")[0]

    @property
    def lag(self) -> float | None:
        """Seconds from the event to its record; None if the event's clock is absurd."""
        return lag.lag(self.occurred_at, self.recorded_at)

    @property
    def place(self) -> Cursor:
        return Cursor(self.occurred_at, self.event_id, self.source)

    def document(self) -> dict[str, Any]:
        """As JSON has it: what it has not is null; the source by the name of its column."""
        told = {
            name: value.isoformat() if isinstance(value, datetime) else value or None
            for name, value in asdict(self).items()
        }
        return {**told, "registry_source": told.pop("source"), "lag_seconds": self.lag}
