"""How long something took is told in words."""

from console.dead_letters.errors import BusyError
from console.dead_letters.operations.fate import Verdict


def test_how_long_a_canary_took() -> None:
    verdict = Verdict(frozenset(["1"]), {}, frozenset(), 7_136.082)
    assert str(verdict) == "canary: 1 recorded after 1 h 58 min"


def test_how_long_it_waited_for_somebody_else() -> None:
    assert str(BusyError(125.0)).endswith("; waited 2 min for them")
