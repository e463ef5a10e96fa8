"""JSON objects read at once, where nothing about them is open; never the last word on any other.

A text without a backslash has two quotes for each of its strings. So if a value is written again
with as many as it was read from, no key was dropped: none stood twice in one object. Its strings
hold neither NUL nor lone surrogates, which JSON has only as escapes.
"""

from typing import Any, Final

import msgspec

_BACKSLASH: Final = ord("\\")
# Levels, of which a registry's notification has six; `strict_json` reads far more.
_DEEPEST: Final = 10


def _objects(levels: int) -> Any:  # noqa: ANN401  a type that is made at run time
    scalar = str | int | float | bool | None
    value: Any = scalar
    for _ in range(levels - 1):
        value = scalar | dict[str, value] | list[value]
    return dict[str, value]


_DECODER: Final = msgspec.json.Decoder(_objects(_DEEPEST))
_ENCODER: Final = msgspec.json.Encoder()


def loads(body: bytes) -> dict[str, object] | None:
    """What `strict_json.loads` gives for this text; None if that is to be asked instead."""
    if _BACKSLASH in body:
        return None
    try:
        value: dict[str, object] = _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None
    is_whole = _ENCODER.encode(value).count(b'"') == body.count(b'"')
    return value if is_whole else None
