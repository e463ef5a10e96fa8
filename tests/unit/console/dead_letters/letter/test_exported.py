import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.letter.exported import parse
from console.dead_letters.operations.messages import buried_again
from console.errors import UnusableError
from shared.text import from_bytes
from tests.unit.console.dead_letters.letters import make_dead_letter


@given(st.binary(), st.dictionaries(st.text(max_size=20), st.text() | st.integers(-(2**31), 2**31)))
def test_a_line_gives_the_same_dead_letter(body: bytes, headers: dict[str, Any]) -> None:
    dead_letter = make_dead_letter(from_bytes(body), headers=headers)
    line = dead_letter.json()
    assert line.isascii()
    assert "\n" not in line
    again = parse(line)
    assert again == dead_letter
    (message,) = buried_again(again)
    assert message.body == body
    assert message.routing_key == dead_letter.routing_key
    assert message.headers == dead_letter.headers


def test_how_often_a_broker_handed_it_over_is_no_part_of_it() -> None:
    counts = {"x-delivery-count": 1, "x-acquired-count": 3}
    assert make_dead_letter("{}", headers=counts) == make_dead_letter("{}")
    line = json.dumps({**LINE, "headers": {**LINE["headers"], **counts}})
    assert json.loads(parse(line).json()) == LINE


LINE: dict[str, Any] = json.loads(make_dead_letter().json())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "character 1"),
        ("[]", "not an object"),
        ('{"body": "x", "body": "y"}', "twice"),
        (json.dumps({**LINE, "body": 7}), "must be texts"),
        (json.dumps({**LINE, "headers": []}), "headers is not an object"),
        (json.dumps({**LINE, "body": "\ud800"}), "stand for no byte"),
        (json.dumps({**LINE, "headers": {"a": "\ud800"}}), "cannot be sent"),
        (json.dumps({**LINE, "headers": {"é" * 65: ""}}), "longer than 128 bytes"),
        (json.dumps({**LINE, "headers": {"a": 10**30}}), "cannot be sent"),
        (json.dumps({**LINE, "routing_key": "k" * 300}), "cannot be sent"),
        (json.dumps({**LINE, "headers": {"a": "b" * 100_001}}), "longer than"),
    ],
)
def test_other_lines_are_refused(line: str, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        parse(line)
