"""What a site and the log's service say to each other over HTTP, within which bounds."""

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from geo.following.journal import Due, Repository
from geo.log.change import Change

PREFIX: Final = "/geo"
# Changes in an answer.
MOST: Final = 1_000
# Seconds. Proxies give up on an answer after a minute, some of them after less.
LONGEST_WAIT: Final = 50.0
# Characters.
LONGEST_SENTENCE: Final = 1_000

# Seconds.
_LONGEST_LEASE: Final = 3_600
# PostgreSQL's bigint and integer.
_Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Attempts = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Source = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}\Z")]
_Limit = Annotated[int, Meta(ge=1, le=MOST)]
_Lease = Annotated[float, Meta(gt=0, le=_LONGEST_LEASE)]


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of GET /geo/events; `wait` is in seconds."""

    after: _Id
    limit: _Limit = 100
    wait: Annotated[float, Meta(ge=0, le=LONGEST_WAIT)] = 0.0


class Events(Struct, frozen=True):
    """Its answer; `last_id` is where the log ended, a fifth of a second ago at most."""

    events: Sequence[Change]
    last_id: int


class Cursor(Struct, frozen=True, forbid_unknown_fields=True):
    cursor: _Id


class Restart(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /geo/everything; without a source, the repositories of all are meant."""

    cursor: _Id
    source: _Source | None = None


class Pending(Struct, frozen=True, forbid_unknown_fields=True):
    """A `Due`."""

    source: _Source
    repository: Annotated[str, Meta(min_length=1, max_length=255)]
    change_id: _Id
    attempts: _Attempts = 0

    @classmethod
    def of(cls, due: Due) -> "Pending":
        return cls(due.repository.source, due.repository.path, due.change_id, due.attempts)

    def due(self) -> Due:
        return Due(Repository(self.source, self.repository), self.change_id, self.attempts)


# A rename is of two repositories.
_Some = Annotated[list[Pending], Meta(max_length=2 * MOST)]


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PUT /geo/cursor."""

    from_: _Id = field(name="from")
    to: _Id
    pending: _Some = []


class DueCount(Struct, frozen=True):
    """The answer of GET /geo/pending."""

    due: Annotated[int, Meta(ge=0)]


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """`lease` is in seconds."""

    limit: _Limit
    lease: _Lease


class Claimed(Struct, frozen=True):
    pending: list[Pending]


class Renewal(Struct, frozen=True, forbid_unknown_fields=True):
    """`lease` is in seconds."""

    pending: _Some
    lease: _Lease


class Failure(Struct, frozen=True, forbid_unknown_fields=True):
    """`again` is in how many seconds it is tried again, within a month."""

    pending: Pending
    cause: Annotated[str, Meta(min_length=1, max_length=LONGEST_SENTENCE)]
    again: Annotated[float, Meta(ge=0, le=31 * 86_400)]


class Lead(Struct, frozen=True, forbid_unknown_fields=True):
    """`follower` is a name that one of the site's followers has given itself.

    `lease` is in seconds; 0 gives up what it has.
    """

    follower: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
    lease: Annotated[float, Meta(ge=0, le=_LONGEST_LEASE)]


class Leads(Struct, frozen=True):
    leads: bool


class Stuck(Struct, frozen=True, forbid_unknown_fields=True):
    """`why` is one sentence."""

    why: Annotated[str, Meta(min_length=1, max_length=LONGEST_SENTENCE)]


# The type of a problem: the log cannot be believed.
BROKEN_LOG: Final = "broken-log"


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457; `detail` is one sentence."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
