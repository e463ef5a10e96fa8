import json

import pytest

from console.dead_letters.edit import compact, difference, editable
from shared.invalid_event import InvalidEventError
from tests.factories import make_event

EVENT = make_event(target={"tag": "ü\x1b"})


def test_an_untouched_event_is_the_same_value() -> None:
    text = compact(editable(json.dumps(EVENT)))
    assert json.loads(text) == EVENT
    assert "\n" not in text


def test_what_is_no_json_is_shown_as_a_text() -> None:
    assert editable('{"a": \udcff') == r'{"a": \udcff'


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps(make_event(repository=""))])
def test_what_the_worker_refuses_is_refused(text: str) -> None:
    with pytest.raises(InvalidEventError):
        compact(text)


def test_the_difference_is_safe_to_print() -> None:
    lines = difference('{\n"a": "old"\n}', '{\n"a": "\x1b[2J"\n}')
    assert '-"a": "old"' in lines
    assert r'+"a": "\x1b[2J"' in lines
