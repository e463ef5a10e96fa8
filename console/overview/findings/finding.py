"""Something that an operator should know, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    """`page` of the console has more, if it is not empty."""

    state: State
    text: str
    page: str = ""
