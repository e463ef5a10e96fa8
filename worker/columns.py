"""Columns of texts on their way to Postgres, each as one text that `string_to_array` takes apart.

As an array asyncpg asks of every element whether it is an array itself, which takes longer than all
else that a worker's process does for a batch's statements.
"""

from collections.abc import Iterable
from secrets import token_hex


class Columns:
    """Those of one batch. What stands between two texts, and for null, no sender can know."""

    def __init__(self) -> None:
        self.between = token_hex(8)
        self.null = token_hex(8)

    def of(self, texts: Iterable[str | None]) -> str:
        """At least one, and none of them empty: of no text at all `string_to_array` makes none."""
        null = self.null
        return self.between.join([null if text is None else text for text in texts])
