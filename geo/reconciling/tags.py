"""A tag as a registry has it, and as it is recorded. Pure."""

from datetime import datetime
from typing import NamedTuple


class Recorded(NamedTuple):
    """What was recorded last of a tag, by the time of its event.

    `digest` is None where the tag was deleted, and where its registry's events tell none.
    """

    is_there: bool
    digest: str | None
    occurred_at: datetime
    event_id: str

    def agrees_with(self, digest: str | None) -> bool:
        """Whether it says the same as a registry that has this digest, or None: no such tag."""
        if digest is None or not self.is_there:
            return not self.is_there and digest is None
        return self.digest in {None, digest}


class Kept(NamedTuple):
    """A row of `reconciled_tags`, of one source."""

    repository: str
    tag: str
    digest: str
    occurred_at: datetime
    event_id: str
