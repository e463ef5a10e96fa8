"""What must be readable in an event, checked so that it can be said which field is wrong, and how.

Fields as in CNCF Distribution's notifications, facts of their presence and size from what
registries send: https://distribution.github.io/distribution/about/notifications/
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared import timestamps
from shared.event_parts import LONGEST_ACTION, LONGEST_ID, LONGEST_TAG
from shared.invalid_event import InvalidEventError
from shared.text import storable, unstorable


def checked(value: object) -> "CheckedEvent":
    """The known fields of an event, named as in `Parts`.

    Those that decide may not hold NUL or surrogates, which those that only inform (actor, source,
    request) have as escapes. Raises InvalidEventError if one has another type than the registry
    gives it.
    """
    try:
        return CheckedEvent.model_validate(value)
    except ValidationError as error:
        raise InvalidEventError.of(error) from None


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


_Informative = Annotated[str, AfterValidator(storable)]


def _readable(timestamp: object) -> object:
    timestamps.read(timestamp)
    return timestamp


class _Part(BaseModel):
    # Unknown keys are looked at, so that they are UTF-8.
    model_config = ConfigDict(
        extra="allow", frozen=True, strict=True, validate_by_alias=True, hide_input_in_errors=True
    )


class _Rename(_Part):
    from_path: Annotated[str, _text()] | None = Field(None, alias="from")
    to_path: Annotated[str, _text()] | None = Field(None, alias="to")


class CheckedTarget(_Part):
    repository: Annotated[str, _text()] | None = None
    tag: Annotated[str, _text(LONGEST_TAG)] | None = None
    digest: Annotated[str, _text()] | None = None
    media_type: Annotated[str, _text()] | None = Field(None, alias="mediaType")
    rename: _Rename | None = None


class _Actor(_Part):
    name: _Informative | None = None


class _Source(_Part):
    addr: _Informative | None = None
    instance_id: _Informative | None = Field(None, alias="instanceID")


class _Request(_Part):
    id: _Informative | None = None
    host: _Informative | None = None
    method: _Informative | None = None
    useragent: _Informative | None = None


class CheckedEvent(_Part):
    id: Annotated[str, _text(LONGEST_ID, empty=False)]
    timestamp: Annotated[str, BeforeValidator(_readable)]
    action: Annotated[str, _text(LONGEST_ACTION, empty=False)]
    target: CheckedTarget = CheckedTarget()
    request: _Request | None = None
    actor: _Actor | None = None
    source: _Source | None = None
