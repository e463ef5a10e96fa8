"""Reading the list of sources: each fault is a sentence that names the source, and no secret."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode

from shared import strict_json
from shared.origin import DEFAULT_SOURCE
from shared.sources import NAME, Source
from shared.text import printable

_LONGEST_SHOWN: Final = 40
_SAID: Final = {
    "string_pattern_mismatch": "is not spelt as it may be",
    "missing": "is missing",
    "extra_forbidden": "holds something that is not known",
    "model_type": "is not an object",
    "tuple_type": "is not a list",
    "string_type": "is not a text",
    "too_short": "is empty",
    "string_too_short": "is empty",
}


class SourcesError(ValueError):
    """Sources that cannot be used; `faults` has one sentence each, none with a secret."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _read(value: object) -> object:
    if isinstance(value, str):
        try:
            value = strict_json.loads(value)
        except strict_json.InvalidJSONError as error:
            # Only what all such faults have in common: the text may quote a secret.
            raise ValueError(error.cause) from None
    if not isinstance(value, list | tuple):
        raise ValueError('is not a list: [{"name": ..., "registry": ..., "auth": {...}}, ...]')  # noqa: TRY004  pydantic collects ValueErrors only
    faults: list[str] = []
    sources = []
    for number, one in enumerate(value, start=1):
        try:
            sources.append(Source.model_validate(one))
        except ValidationError as error:
            faults += [f"{_named(one, number)}: {_sentence(fault)}" for fault in _each(error)]
    faults += _twice([source.name for source in sources])
    if faults:
        raise SourcesError(faults)
    return tuple(sources)


def _each(error: ValidationError) -> Sequence[ErrorDetails]:
    return error.errors(include_url=False, include_input=False)


def _named(value: object, number: int) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    shown = printable(name, _LONGEST_SHOWN) if isinstance(name, str) else ""
    return f"source {shown or number}"


def _sentence(fault: ErrorDetails) -> str:
    # A member that is not known may be a secret at the wrong place.
    known = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    where = ".".join(str(part) for part in known)
    if where in {"name", "registry"} and fault["type"] == "string_pattern_mismatch":
        return f"{where} is not {NAME}"
    said = _SAID.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"{where or 'it'} {said.removeprefix('Input ')}"


def _twice(names: Sequence[str]) -> list[str]:
    faults = [
        f"source {name}: stands there {names.count(name)} times"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if DEFAULT_SOURCE in names:
        faults.append(f"source {DEFAULT_SOURCE}: that is the name of what /notifications takes")
    return faults


Sources = Annotated[tuple[Source, ...], NoDecode, BeforeValidator(_read)]
