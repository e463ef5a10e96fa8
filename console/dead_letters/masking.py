"""Payloads without what says who and from where: addresses, user agents, actors."""

import json
from collections.abc import Mapping
from typing import Any, Final

from console.dead_letters.requeueing import ORIGINAL_BODY
from console.dead_letters.view import DeadLetter
from shared import strict_json

MASK: Final = "****"
HIDDEN: Final = "(not readable as JSON; --no-mask shows it)"
_MASKED: Final = {("request", "addr"), ("request", "useragent"), ("actor", "name")}


def payload(dead_letter: DeadLetter, *, mask: bool) -> object:
    """The event as a value; a body that is not JSON is its text, or only said to be hidden."""
    try:
        value = strict_json.loads(dead_letter.body)
    except strict_json.InvalidJSONError:
        return HIDDEN if mask else dead_letter.body
    return masked(value) if mask else value


def headers(dead_letter: DeadLetter, *, mask: bool) -> Mapping[str, Any]:
    hidden = {ORIGINAL_BODY: MASK} if mask and ORIGINAL_BODY in dead_letter.headers else {}
    return {**dead_letter.headers, **hidden}


def masked(value: object, within: str = "") -> object:
    """Wherever in the value an object of that name stands."""
    match value:
        case dict():
            return {
                name: MASK if (within, name) in _MASKED and one else masked(one, name)
                for name, one in value.items()
            }
        case list():
            return [masked(one, within) for one in value]
        case _:
            return value


def pretty(value: object) -> str:
    """JSON over several lines, ASCII only, so that nothing in it can steer a terminal."""
    return json.dumps(value, indent=2)
