"""What an adapter is: a pure function from one request of a registry to what changed in it."""

import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec.structs import force_setattr

from shared import strict_json
from shared.bad_input import BadInputError
from shared.text import from_bytes, printable

T = TypeVar("T")

_NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})


class UnreadableRequestError(BadInputError):
    """It is not what this registry sends; says what is wrong. The whole becomes a dead letter."""


class Kind(StrEnum):
    """What was pushed, pulled or deleted."""

    MANIFEST = "manifest"
    BLOB = "blob"
    TAG = "tag"
    REPOSITORY = "repository"


class Known(StrEnum):
    """Where an id or a time comes from.

    NATIVE: the body has it; HEADER: a header has it; DERIVED: made of what the body has, the same
    on each retry; RECEIVED: nothing in the request tells it, so it is made on receipt.
    """

    NATIVE = "native"
    HEADER = "header"
    DERIVED = "derived"
    RECEIVED = "received"


class Sent(NamedTuple):
    """A request: names of headers are in lower case; `options` are those of its source."""

    headers: Mapping[str, str]
    body: bytes
    options: Mapping[str, str] = _NO_OPTIONS


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One event, normalised; texts are as the registry wrote them, None if it does not say.

    `repository` has no host; `host` is that of the registry. `action` is Distribution's verb: push,
    pull, delete, or another one, which nobody records. `occurred_at` is ISO 8601 with an offset;
    without it, as without `event_id`, it is that of the receipt, and said to be from there.
    """

    action: str
    repository: str
    kind: Kind
    tag: str | None = None
    digest: str | None = None
    media_type: str | None = None
    actor: str | None = None
    occurred_at: str | None = None
    event_id: str | None = None
    id_from: Known = Known.NATIVE
    time_from: Known = Known.NATIVE
    host: str | None = None
    address: str | None = None
    method: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    node: str | None = None

    def __post_init__(self) -> None:
        if not self.event_id:
            force_setattr(self, "id_from", Known.RECEIVED)
        if not self.occurred_at:
            force_setattr(self, "time_from", Known.RECEIVED)


class Ignored(NamedTuple):
    """Nothing of ours, because of `reason`: one sentence without the sender's own words."""

    reason: str
    # Quoted in it: what an operator has to open for more to come; empty if that shall not be.
    confirm_at: str | None = None


class Unreadable(NamedTuple):
    """One of several that is no such request, because of `reason`: a dead letter, alone."""

    reason: str


Found = Change | Ignored | Unreadable
Read = Callable[[Sent], Iterator[Found]]


def value(sent: Sent, shape: type[T]) -> T:
    """The JSON of the body in a shape of msgspec. Raises UnreadableRequestError."""
    return converted(json_of(text_of(sent.body)), shape)


def text_of(body: bytes) -> str:
    """The text of a body; a byte order mark is passed over, as RFC 8259 allows."""
    return from_bytes(body.removeprefix(BOM_UTF8))


def json_of(text: str) -> object:
    """Raises UnreadableRequestError."""
    try:
        return strict_json.loads(text)
    except strict_json.InvalidJSONError as error:
        raise UnreadableRequestError(str(error), cause=error.cause) from None


def converted(found: object, shape: type[T]) -> T:
    """A JSON value in a shape of msgspec. Raises UnreadableRequestError."""
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        raise UnreadableRequestError(printable(str(error), 300)) from None
    except UnicodeEncodeError:
        raise UnreadableRequestError("a key is not UTF-8") from None


def moment_of(seconds: int | None, field: str) -> str | None:
    """Seconds since the epoch as `occurred_at` has them. Raises UnreadableRequestError."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        raise UnreadableRequestError(f"{field} is out of range") from None


def derived_id(registry: str, fields: Sequence[object], suffix: str = "") -> str:
    """The same for the same fields, so that a retry counts once; another for any other."""
    text = json.dumps(list(fields), ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{registry}:{digest}{suffix}"
