"""Why an event cannot be recorded: which field, what is wrong with it, what it holds."""

import json
from collections.abc import Sequence
from typing import Final, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared import credentials
from shared.bad_input import BadInputError
from shared.text import printable

_REASONS_SHOWN: Final = 3
_LONGEST_VALUE: Final = 80
# Values of the event itself, and objects with values. The others say who and from where, or open
# doors: errors reach logs.
_VALUES: Final = frozenset({"id", "timestamp", "action"})
_OBJECTS: Final = frozenset({"target", "source"})
# What stands where an object belongs is no value of the event.
_NO_OBJECT: Final = "model_type"
_WANTED: Final = {"string_type": "a text", _NO_OBJECT: "an object"}


class InvalidEventError(BadInputError):
    """The event cannot be recorded; names the field as the registry does."""

    @classmethod
    def of(cls, error: ValidationError) -> Self:
        faults = error.errors(include_url=False)[:_REASONS_SHOWN]
        causes = [_cause(fault) for fault in faults]
        texts = [
            cause if fault["type"] == _NO_OBJECT else cause + _value(fault["loc"], fault["input"])
            for fault, cause in zip(faults, causes, strict=True)
        ]
        return cls(printable("; ".join(texts), 500), cause="; ".join(causes))

    @classmethod
    def at(cls, where: str, what: str, value: object = None) -> Self:
        """`where` is the field's path, as `target.repository`."""
        cause = f"{where}: {what}"
        return cls(printable(cause + _value(where.split("."), value), 500), cause=cause)


def _cause(fault: ErrorDetails) -> str:
    where = ".".join(map(str, fault["loc"])) or "event"
    if fault["type"] == "missing":
        return f"{where}: is missing"
    if wanted := _WANTED.get(fault["type"]):
        return f"{where}: is {_kind(fault['input'])}, not {wanted}"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _value(path: Sequence[object], value: object) -> str:
    known = path and path[0] in (_OBJECTS if path[1:] else _VALUES)
    if not known or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str):
        # Before it is cut: half of a URL does not show that it has a password.
        value = credentials.masked(value)
    shown = value[:_LONGEST_VALUE] if isinstance(value, str) else value
    more = "…" if shown != value else ""
    return f": {json.dumps(shown, ensure_ascii=False)[: _LONGEST_VALUE + 2]}{more}"
