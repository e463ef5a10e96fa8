"""The registry's event: what must be readable in it, and everything else kept as it came.

Fields as in CNCF Distribution's notifications, facts of their presence and size from what
registries send: https://distribution.github.io/distribution/about/notifications/
"""

import re
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared import strict_json, timestamps
from shared.invalid_event import InvalidEventError
from shared.text import unstorable

SUPPORTED_ACTIONS: Final = frozenset({"push", "delete"})

# The path grammar of https://github.com/distribution/reference: components of [a-z0-9]+ joined by
# one of ".", "_", "__" or any run of "-".
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_REPOSITORY_LENGTH = 255
# In a routing key, of which AMQP takes 255 bytes.
_ACTION_LENGTH = 60


def _text(longest: int | None = None, *, empty: bool = True) -> AfterValidator:
    """A text that a database can hold and an index can carry."""

    def check(value: str) -> str:
        if not value and not empty:
            raise ValueError("is empty")
        if longest and len(value) > longest:
            raise ValueError(f"is longer than {longest} characters")
        if what := unstorable(value):
            raise ValueError(f"contains {what}")
        return value

    return AfterValidator(check)


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="allow", frozen=True, strict=True, validate_by_alias=True, hide_input_in_errors=True
    )


class Target(_Part):
    """What was pushed or deleted. An empty text, which Distribution 3 writes, is no value."""

    repository: Annotated[str, _text()] | None = None
    tag: Annotated[str, _text(128)] | None = None
    digest: Annotated[str, _text()] | None = None
    media_type: Annotated[str, _text()] | None = Field(None, alias="mediaType")


class Actor(_Part):
    name: str | None = None


class Source(_Part):
    addr: str | None = None
    instance_id: str | None = Field(None, alias="instanceID")


class Request(_Part):
    id: str | None = None
    host: str | None = None
    method: str | None = None
    useragent: str | None = None


class Event(_Part):
    """One event of a notification.

    Unknown fields are kept, absent ones are not set (`model_fields_set`). Texts that only inform
    (actor, source, request) may hold anything; those that decide may not hold NUL or surrogates.
    """

    id: Annotated[str, _text(255, empty=False)]
    timestamp: Annotated[datetime, BeforeValidator(timestamps.read)]
    action: Annotated[str, _text(_ACTION_LENGTH, empty=False)]
    target: Target = Target()
    request: Request | None = None
    actor: Actor | None = None
    source: Source | None = None

    @property
    def supported(self) -> bool:
        return self.action in SUPPORTED_ACTIONS

    @property
    def repository(self) -> str:
        """The usable repository path of a supported event."""
        return self.target.repository or ""

    @property
    def node(self) -> str:
        """The node of the registry that says it sent this; empty if nobody says."""
        source = self.source or Source()
        return source.addr or source.instance_id or ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The event in a JSON text.

        Raises InvalidEventError if the text is not JSON, if a known field has another type than
        the registry gives it, or if a supported event has no usable repository.
        """
        try:
            event = cls.model_validate(strict_json.loads(text))
        except strict_json.InvalidJSONError as error:
            raise InvalidEventError(str(error), cause=error.cause) from None
        except ValidationError as error:
            raise InvalidEventError.of(error) from None
        if event.supported:
            _check_repository(event.target.repository)
        return event


def unrecorded_action(text: str) -> str:
    """The action of an event, valid or not, that nobody records; empty if there is none such."""
    try:
        value = strict_json.loads(text)
    except strict_json.InvalidJSONError:
        return ""
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, str) or len(action) > _ACTION_LENGTH or unstorable(action):
        return ""
    return action if action not in SUPPORTED_ACTIONS else ""


def _check_repository(path: str | None) -> None:
    if not path:
        raise InvalidEventError.at("target.repository", "is missing")
    if len(path) > _REPOSITORY_LENGTH or not _REPOSITORY.fullmatch(path):
        raise InvalidEventError.at("target.repository", "is not a repository path", path)
