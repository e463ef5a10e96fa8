"""The registry's event: what must be readable in it, and everything else kept as it came.

Fields as in CNCF Distribution's notifications, facts of their presence and size from what
registries send: https://distribution.github.io/distribution/about/notifications/
"""

import re
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from shared import strict_json, timestamps
from shared.text import first_unstorable, printable

SUPPORTED_ACTIONS: Final = frozenset({"push", "delete"})

# The path grammar of https://github.com/distribution/reference: components of [a-z0-9]+ joined by
# one of ".", "_", "__" or any run of "-".
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_REPOSITORY_LENGTH = 255
_REASONS_SHOWN = 3


class InvalidEventError(ValueError):
    """The event cannot be recorded; says which field and why, safe to print."""


def _text(longest: int | None = None, *, empty: bool = True) -> AfterValidator:
    """A text that a database can hold and an index can carry."""

    def check(value: str) -> str:
        if not value and not empty:
            raise ValueError("is empty")
        if longest and len(value) > longest:
            raise ValueError(f"is longer than {longest} characters")
        if unstorable := first_unstorable(value):
            raise ValueError(f"contains {unstorable}")
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
    method: str | None = None
    useragent: str | None = None


class Event(_Part):
    """One event of a notification.

    Unknown fields are kept, absent ones are not set (`model_fields_set`). Texts that only inform
    (actor, source, request) may hold anything; those that decide may not hold NUL or surrogates.
    """

    id: Annotated[str, _text(255, empty=False)]
    timestamp: Annotated[datetime, BeforeValidator(timestamps.read)]
    # In a routing key, of which AMQP takes 255 bytes.
    action: Annotated[str, _text(60, empty=False)]
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

    @classmethod
    def parse(cls, text: str) -> Self:
        """The event in a JSON text.

        Raises InvalidEventError if the text is not JSON, if a known field has another type than
        the registry gives it, or if a supported event has no usable repository.
        """
        try:
            event = cls.model_validate(strict_json.loads(text))
        except strict_json.InvalidJSONError as error:
            raise InvalidEventError(printable(str(error), 300)) from None
        except ValidationError as error:
            raise InvalidEventError(_describe(error)) from None
        if event.supported:
            _check_repository(event.target.repository)
        return event


def _check_repository(path: str | None) -> None:
    if not path:
        raise InvalidEventError("target.repository: is missing")
    if len(path) > _REPOSITORY_LENGTH or not _REPOSITORY.fullmatch(path):
        raise InvalidEventError(
            f"target.repository: {printable(path, 80)} is not a repository path"
        )


def _describe(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return printable("; ".join(map(_describe_fault, faults[:_REASONS_SHOWN])), 500)


def _describe_fault(fault: ErrorDetails) -> str:
    where = ".".join(map(str, fault["loc"])) or "event"
    if fault["type"] == "model_type":
        return f"{where}: is not an object"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"
