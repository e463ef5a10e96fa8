"""One row of the geo log, with the path that its repository has now."""

from datetime import datetime

from msgspec import Struct


class Change(Struct, frozen=True, omit_defaults=True):
    """Something happened to a repository; what it is like now, only its registry knows.

    `id` is the place in the log, whose ids have no gaps. `source` is the registry's name among the
    sources, `repository` its path there today, which a later rename may have given it; both are
    empty when the platform has deleted its row and retention its event, so that nobody knows.
    `action` is push, delete or rename. A rename says the path from before. `tag` and `digest` are
    hints: by now the tag may stand for something else (facts of registries: two pushes of one tag
    race).
    """

    id: int
    source: str
    repository: str
    action: str
    occurred_at: datetime
    recorded_at: datetime
    tag: str | None = None
    digest: str | None = None
    former_repository: str | None = None
