import json
from codecs import BOM_UTF8
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.envelope import (
    MOST_BRACKETS,
    MOST_EVENTS,
    MOST_KEYS,
    UnreadableEnvelopeError,
    split,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(VALUES), st.dictionaries(st.text(), VALUES), st.sampled_from([None, 3]))
def test_each_event_is_cut_out_whatever_stands_around_it(
    events: list[Any], others: dict[str, Any], indent: int | None
) -> None:
    envelope = {**others, "events": events}
    body = json.dumps(envelope, indent=indent).encode()
    assert [json.loads(text) for text in split(body)] == events


@given(st.binary() | st.text().map(str.encode))
def test_any_other_body_is_unreadable_or_an_envelope(body: bytes) -> None:
    with suppress(UnreadableEnvelopeError):
        assert all(split(body))


def _result(body: bytes) -> list[str] | str:
    try:
        return split(body)
    except UnreadableEnvelopeError as error:
        return str(error)


_ENVELOPES = st.lists(VALUES).map(lambda events: json.dumps({"a": events, "events": events}))
_BROKEN = st.text('"\\[]{}:, \n1a').map('{{"events": [{}'.format)


@given((_ENVELOPES | _BROKEN).map(str.encode), st.integers(2, 9))
def test_pieces_that_are_read_at_once_make_no_difference(body: bytes, piece: int) -> None:
    whole = _result(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.scanning._PIECE", piece)
        assert _result(body) == whole


def test_a_key_without_end_is_not_read() -> None:
    key = "a" * 100_000
    assert split(f'{{"events": [{{"{key}": 1}}]}}'.encode()) == [f'{{"{key}": 1}}']
    with pytest.raises(UnreadableEnvelopeError, match="a key is too long"):
        split(f'{{"{key}": 1, "events": []}}'.encode())


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b"{}", []),
        (b'{"events": null}', []),
        (b'{"events": []}', []),
        (b'{"events": null, "others": 1}', []),
        (BOM_UTF8 + b' {"events": [1]}', ["1"]),
        (b' {"a": {"events": [1]}, "events" : [ {"b":"]}"} , 2 ] } ', ['{"b":"]}"}', "2"]),
        (b'{"events": [{"a": NaN}, {"a":"\xff"}, tru]}', ['{"a": NaN}', '{"a":"\udcff"}', "tru"]),
        (b'{"events": [{"a":"\\"}"}, {}]}', ['{"a":"\\"}"}', "{}"]),
    ],
)
def test_split(body: bytes, texts: list[str]) -> None:
    assert split(body) == texts


def test_a_deeply_nested_event_does_not_spoil_its_neighbour() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert split(f'{{"events": [{deep}, {{}}]}}'.encode()) == [deep, "{}"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b"[]", "not an object"),
        (b"\xff\xfe", "not an object"),
        (b'{"events": {}}', "events is not a list"),
        (b'{"events": nullify}', "events is not a list"),
        (b'{"events": [{}', "no ','"),
        (b'{"events": [{"a": [', "ends too early"),
        (b'{"events": [{}] } x', "text after"),
        (b'{"events": [{},]}', "a value is missing"),
        (b'{"events": [], "events": []}', "two lists"),
        (b'{"events"}', "no ':'"),
        (b"{events: []}", "no key"),
        (b'{"type": "push", "event_data": {}}', "^no `events`: keys are `type`, `event_data`$"),
        (b'{"\\u202e`": 1}', r"^no `events`: its only key is `\\u202e``$"),
        (json.dumps(dict.fromkeys(range(10))).encode(), "`6`, `7` and 2 more$"),
        (BOM_UTF8 + BOM_UTF8 + b"{}", "not an object"),
        (b'{"\\ud": 1}', "no key"),
    ],
)
def test_what_is_no_envelope_says_why(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableEnvelopeError, match=why):
        split(body)


def test_a_list_of_too_many_events_is_taken_as_one_whole() -> None:
    most = ["{}"] * MOST_EVENTS
    assert split(f'{{"events": [{",".join(most)}]}}'.encode()) == most
    with pytest.raises(UnreadableEnvelopeError, match="more than 10000 events"):
        split(f'{{"events": [{",".join([*most, "{}"])}]}}'.encode())


@pytest.mark.parametrize("others", ["", '"others": [{}, []], '])
def test_a_body_of_too_many_brackets_is_taken_as_one_whole(others: str) -> None:
    pairs = MOST_BRACKETS // 2 - others.count("[") - others.count("{")
    most = f"[{'[],' * (pairs - 1)}1]"
    assert split(f'{{{others}"events": [{most}]}}'.encode()) == [most]
    with pytest.raises(UnreadableEnvelopeError, match=f"more than {MOST_BRACKETS} brackets"):
        split(f'{{{others}"events": [{most}, {{}}]}}'.encode())


def test_an_envelope_of_too_many_keys_is_taken_as_one_whole() -> None:
    most = "".join(f'"{number}": 0, ' for number in range(MOST_KEYS))
    assert split(f'{{{most}"events": [1]}}'.encode()) == ["1"]
    with pytest.raises(UnreadableEnvelopeError, match=f"more than {MOST_KEYS} keys"):
        split(f'{{{most}"one more": 0, "events": [1]}}'.encode())
