r"""JSON of a known shape, read at once where nothing about it is open; never the last word.

A text without `\u` has two quotes for each of its strings, and one for each quote within them. So
if what was read of it has as many when it is written again, no member was dropped: none is unknown,
none stood twice in an object. And its strings hold neither NUL nor lone surrogates, which JSON has
only as such escapes.
"""

from typing import Final, TypeAlias, TypeVar

import msgspec

_Value = TypeVar("_Value")
_BACKSLASH: Final = ord("\\")
_ESCAPE: Final = rb"\u"
_WRITER: Final = msgspec.json.Encoder()

# Any value, as deep as registries nest theirs. It is read so that it is known to be JSON.
_Scalar: TypeAlias = str | int | float | bool | None
_Flat: TypeAlias = _Scalar | dict[str, _Scalar] | list[_Scalar]
_Deeper: TypeAlias = _Scalar | dict[str, _Flat] | list[_Flat]
Anything: TypeAlias = _Scalar | dict[str, _Deeper] | list[_Deeper]


class Shape(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An object with the members that are named; what may be absent is None then.

    None is not written: a member that was not read must not make up for one that was dropped.
    """


def loads(reader: msgspec.json.Decoder[_Value], body: bytes) -> _Value | None:
    """What `body` holds, if all of it is in the reader's shape; None if it may be otherwise.

    Then it is for `strict_json` to say what it is.
    """
    # Most have no backslash, which is known sooner.
    if _BACKSLASH in body and _ESCAPE in body:
        return None
    try:
        value = reader.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None
    is_whole = _WRITER.encode(value).count(b'"') == body.count(b'"')
    return value if is_whole else None
