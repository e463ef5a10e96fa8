"""Where a page of events ended, as a word that means nothing to whoever carries it. Pure."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Final, NamedTuple, Self

from console.errors import UnusableError
from shared.text import unstorable

_NONE: Final = "this is no place where a page of events ended"


class Cursor(NamedTuple):
    """The next page has what comes behind this event in the order of time, the newest first."""

    occurred_at: datetime
    event_id: str

    def __str__(self) -> str:
        text = json.dumps([self.occurred_at.astimezone(UTC).isoformat(), self.event_id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, word: str) -> Self:
        """Raises UnusableError."""
        try:
            padded = word.encode() + b"=" * (-len(word) % 4)
            moment, event_id = json.loads(base64.b64decode(padded, b"-_", validate=True))
            then = datetime.fromisoformat(moment).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
            raise UnusableError(_NONE) from None
        if not isinstance(event_id, str) or unstorable(event_id):
            raise UnusableError(_NONE)
        return cls(then, event_id)
