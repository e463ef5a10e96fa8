"""The journal of a site, as the database has it."""

from typing import Protocol

from geo.following.journal import Journal


class Journals(Protocol):
    """Makes that of the site of that name; `source` is whose repositories it wants, None: all."""

    def __call__(self, site: str, source: str | None = None) -> Journal: ...
