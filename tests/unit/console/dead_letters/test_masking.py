import json

from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.masking import HIDDEN, headers, masked, payload, pretty
from tests.factories import make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

PRIVATE = make_event(
    request={"id": "r", "addr": "192.0.2.7", "useragent": "docker/27"}, actor={"name": "alice"}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["addr", "name", "useragent", "a"]), inner)
    ),
)


def test_who_and_where_are_masked() -> None:
    dead_letter = make_dead_letter(json.dumps(PRIVATE))
    shown = payload(dead_letter, mask=True)
    assert shown == {
        **PRIVATE,
        "request": {"id": "r", "addr": "****", "useragent": "****"},
        "actor": {"name": "****"},
    }
    assert payload(dead_letter, mask=False) == PRIVATE


def test_also_in_an_envelope() -> None:
    shown = pretty(masked({"events": [PRIVATE, PRIVATE]}))
    assert "192.0.2.7" not in shown
    assert "alice" not in shown
    assert "docker/27" not in shown


def test_what_cannot_be_read_cannot_be_masked() -> None:
    dead_letter = make_dead_letter('{"request": {"addr": "192.0.2.7"')
    assert payload(dead_letter, mask=True) == HIDDEN
    assert payload(dead_letter, mask=False) == dead_letter.body


def test_the_original_of_an_edited_one_is_masked() -> None:
    dead_letter = make_dead_letter(headers={"original-body": json.dumps(PRIVATE)})
    assert headers(dead_letter, mask=True)["original-body"] == "****"
    assert "alice" in headers(dead_letter, mask=False)["original-body"]


@given(JSON)
def test_nothing_else_changes(value: object) -> None:
    assert masked({"target": value, "addr": value, "name": value}) == {
        "target": value,
        "addr": value,
        "name": value,
    }


@given(JSON)
def test_what_is_printed_steers_no_terminal(value: object) -> None:
    assert all(line.isascii() and line.isprintable() for line in pretty(value).split("\n"))
