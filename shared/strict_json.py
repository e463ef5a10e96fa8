"""JSON of which every reader makes the same value, or none."""

import json
import math
from collections import Counter
from typing import Final, NoReturn

from shared import credentials
from shared.bad_input import BadInputError
from shared.text import printable

_LONGEST_VALUE: Final = 40


class InvalidJSONError(BadInputError):
    """The text is not JSON, or JSON that two readers may read differently; says why."""


def _one_of_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        key = printable(credentials.masked(twice), _LONGEST_VALUE)
        raise InvalidJSONError(
            f"a key stands twice in one object: {key}", cause="a key stands twice in one object"
        )
    return members


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise InvalidJSONError(
            f"a number is out of range: {literal[:_LONGEST_VALUE]}",
            cause="a number is out of range",
        )
    return number


def _no_constant(literal: str) -> NoReturn:
    raise InvalidJSONError(f"is not JSON: {literal}")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_one_of_each, parse_float=_finite, parse_constant=_no_constant
)


def loads(text: str) -> object:
    """The value of `text`.

    Raises InvalidJSONError for what RFC 8259 does not allow or leaves open: duplicate keys, NaN,
    numbers beyond a double, integers of thousands of digits, nesting beyond the interpreter's
    limit.
    """
    try:
        return _DECODER.decode(text)
    except InvalidJSONError:
        raise
    except RecursionError:
        raise InvalidJSONError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InvalidJSONError(
            f"is not JSON: it breaks at character {error.pos}", cause="is not JSON"
        ) from None
    except ValueError:
        # The interpreter's own limit, which keeps hostile digits from costing quadratic time.
        raise InvalidJSONError("a number has thousands of digits") from None
