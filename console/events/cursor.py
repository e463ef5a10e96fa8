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
    """The next page has what comes behind this event in the order of time, the newest first.

    Two sources may derive one id of one moment; then the source says which of them comes first.
    """

    occurred_at: datetime
    event_id: str
    source: str

    def __str__(self) -> str:
        text = json.dumps([self.occurred_at.astimezone(UTC).isoformat(), *self[1:]])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, word: str) -> Self:
        """Raises UnusableError."""
        try:
            padded = word.encode() + b"=" * (-len(word) % 4)
            moment, *texts = json.loads(base64.b64decode(padded, b"-_", validate=True))
            then = datetime.fromisoformat(moment).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
            raise UnusableError(_NONE) from None
        match texts:
            case [str(event_id), str(source)] if not unstorable(event_id + source):
                return cls(then, event_id, source)
        raise UnusableError(_NONE)
