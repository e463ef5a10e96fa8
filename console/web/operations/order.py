"""What somebody confirmed on a page, and which kind of operation it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.edit import Edit
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.run import Attended, Outcome
from console.web.query.given import Given
from shared.settings import Settings

CarryOut = Callable[[Settings, "Order", Operation, Attended], Awaitable[tuple[Outcome, Trail]]]


def _nothing(*_: object) -> str:
    return ""


class Kind(NamedTuple):
    """`name` is the command's, `past` what was done to each; `carry_out` raises what that raises.

    `refusal` says why a dead letter is left alone, `unconfirmed` what a form lacks to confirm so
    many; both are empty if there is nothing to say. What it `sends` may come back.
    """

    name: str
    past: str
    carry_out: CarryOut
    refusal: Callable[[DeadLetter], str] = _nothing
    unconfirmed: Callable[[Given, int], str] = _nothing
    sends: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """`rate`: dead letters a second, None as fast as it goes; `canary`: one is sent ahead."""

    kind: Kind
    plan: Plan
    actor: str
    note: str = ""
    rate: float | None = None
    canary: bool = False
    edit: Edit | None = None
