import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.grouping import cause, normalised
from shared.amqp.dead_letter import Reason
from tests.unit.console.dead_letters.letters import make_dead_letter


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no row for team/poison", "no row for *"),
        ("no row for 'a b' and \"c 1\"", "no row for * and *"),
        ('violates constraint "repositories_fk"', 'violates constraint "repositories_fk"'),
        (
            'relation "events" violates constraint "repositories_fk" for "a b"',
            'relation "events" violates constraint "repositories_fk" for *',
        ),
        ("id 320678d8-ca14-430f-8bb6-4ca139cd83f7 is there", "id * is there"),
        ("digest sha256:9f3cab129f3cab12 is unknown", "digest * is unknown"),
        ("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace *"),
        ("timeout after 30 s", "timeout after * s"),
        ("it can't and won't", "it can't and won't"),
        ("deadbeef", "deadbeef"),
        ("target.repository: is missing", "target.repository: is missing"),
    ],
)
def test_details_are_left_out(message: str, expected: str) -> None:
    assert normalised(message) == expected


def test_one_cause_whatever_the_details() -> None:
    one = cause(make_dead_letter(error="no row for team/a, try 1"))
    other = cause(make_dead_letter(error="no row for team/b, try 22"))
    assert one == other
    assert one.error == "RaiseError: no row for * try *"


@pytest.mark.parametrize(
    "change",
    [{"reason": Reason.INVALID_EVENT}, {"error_type": "OtherError"}, {"error": "no column"}],
)
def test_another_cause(change: dict[str, Any]) -> None:
    assert cause(make_dead_letter(**change)).group != cause(make_dead_letter()).group


@given(st.text())
def test_any_message_has_a_group(message: str) -> None:
    assert re.fullmatch("[0-9a-f]{6}", cause(make_dead_letter(error=message)).group)


@given(st.integers(0), st.integers(0))
def test_numbers_never_matter(one: int, other: int) -> None:
    assert normalised(f"waited {one} s") == normalised(f"waited {other} s")
