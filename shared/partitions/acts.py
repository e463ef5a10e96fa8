"""What upkeep did, or would do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """KEPT: it is old enough to be dropped, but somebody needs it."""

    MADE = "made"
    DROPPED = "dropped"
    KEPT = "kept"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Act:
    """Of a partition, or of rows of `table` that are older than `until`.

    `rows` were moved into it, dropped (about, by the statistics) or deleted.
    """

    verb: Verb
    table: str
    until: datetime
    first: datetime | None = None
    partition: str = ""
    rows: int = 0
    bytes: int = 0
    why: str = ""

    def document(self) -> dict[str, Any]:
        """Moments as ISO 8601; without what says nothing."""
        told = {
            name: getattr(self, name).isoformat() if getattr(self, name) else None
            for name in ("first", "until")
        }
        told |= {"partition": self.partition or None, "why": self.why or None}
        figures = {"rows": self.rows, "bytes": self.bytes or None}
        whole = {"act": self.verb.value, "table": self.table, **told, **figures}
        return {name: value for name, value in whole.items() if value is not None}
