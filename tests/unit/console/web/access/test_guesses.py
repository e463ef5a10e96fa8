"""How many wrong tokens are looked at: of one address, of all, and over time."""

import time
from collections.abc import Callable

import pytest
from aiohttp import web

from console.web.access.guesses import Guesses

Passing = Callable[[float], None]


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    """Lets so many seconds pass."""
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def go_on(seconds: float) -> None:
        now[0] += seconds

    return go_on


def tried(guesses: Guesses, *senders: str) -> int:
    """How many were looked at, one from each sender."""
    looked_at = 0
    for sender in senders:
        try:
            guesses.admit(sender)
        except web.HTTPTooManyRequests:
            continue
        guesses.wrong(sender)
        looked_at += 1
    return looked_at


def test_an_address_has_a_few_and_then_one_a_second(passing: Passing) -> None:
    guesses = Guesses()
    assert tried(guesses, *["192.0.2.1"] * 100) == 5
    with pytest.raises(web.HTTPTooManyRequests) as refused:
        guesses.admit("192.0.2.1")
    assert refused.value.headers["Retry-After"] == "1"
    assert tried(guesses, "192.0.2.2") == 1
    passing(1)
    assert tried(guesses, *["192.0.2.1"] * 100) == 1
    passing(3_600)
    assert tried(guesses, *["192.0.2.1"] * 100) == 5


def test_all_addresses_together_have_a_limit(passing: Passing) -> None:
    guesses = Guesses()
    senders = [f"192.0.2.{number}" for number in range(200)]
    assert tried(guesses, *senders) == 50
    passing(1)
    assert tried(guesses, *senders) == 8


def test_what_one_address_is_refused_costs_the_others_nothing(passing: Passing) -> None:
    guesses = Guesses()
    for _ in range(60):
        tried(guesses, *["192.0.2.1"] * 1_000)
        passing(1)
    assert tried(guesses, *["192.0.2.2"] * 5) == 5


@pytest.mark.usefixtures("passing")
def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    guesses = Guesses()
    assert tried(guesses, *[f"2001:db8::{number:x}" for number in range(20)]) == 5
    assert tried(guesses, "2001:db8:0:1::1") == 1
    assert tried(guesses, *[f"::ffff:192.0.2.{number}" for number in range(20)]) == 20


def test_it_remembers_no_more_than_it_has_to(passing: Passing) -> None:
    guesses = Guesses()
    for number in range(2_000):
        guesses.wrong(f"192.0.{number // 200}.{number % 200}")
        passing(1)
    assert len(guesses._used_until) <= 1_000  # noqa: SLF001  memory is what is asked for
