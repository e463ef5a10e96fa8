import gzip
import json
from codecs import BOM_UTF8

import pytest

from console.dead_letters.letter.masking import HIDDEN
from console.dead_letters.operations.edit import compact, difference, editable
from ingest.envelope import UnreadableEnvelopeError
from shared.invalid_event import InvalidEventError
from shared.text import from_bytes
from tests.factories import make_envelope, make_event

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


def test_a_notification_is_shown_unpacked_and_taken_as_one() -> None:
    body = gzip.compress(BOM_UTF8 + make_envelope(EVENT))
    text = editable(from_bytes(body))
    assert json.loads(text) == {"events": [EVENT]}
    assert json.loads(compact(text)) == {"events": [EVENT]}
    assert json.loads(compact(json.dumps({"events": EVENT}))) == {"events": EVENT}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"events": []}', "it holds no event"),
        ('{"events": null}', "it holds no event"),
        ('{"events": 5}', "events is not a list"),
        (make_envelope(EVENT, make_event(repository="Upper")).decode(), "event 2: target"),
        (make_envelope(EVENT, {**EVENT, "id": 5}).decode(), "event 2: id: is a number"),
    ],
    ids=["empty", "null", "number", "bad path", "bad id"],
)
def test_a_notification_with_anything_bad_in_it_is_refused(text: str, why: str) -> None:
    with pytest.raises((InvalidEventError, UnreadableEnvelopeError), match=why):
        compact(text)


def changed(before: object, after: object) -> list[str]:
    """The lines that are marked as changed."""
    texts = (editable(before if isinstance(before, str) else json.dumps(before)), json.dumps(after))
    lines = difference(texts[0], editable(texts[1]))
    assert all(line.isprintable() for line in lines)
    return [line for line in lines if line.startswith(("- ", "+ "))]


def test_the_difference_shows_what_is_harmless() -> None:
    before, after = {**EVENT, "action": "\x1b[2J"}, {**EVENT, "action": "ü"}
    assert changed(before, after) == [r'-  "action": "\u001b[2J",', r'+  "action": "\u00fc",']


def test_the_difference_shows_that_something_masked_was_changed() -> None:
    before = {**EVENT, "request": {"addr": "192.0.2.7", "id": "r"}}
    after = {**EVENT, "request": {"addr": "192.0.2.8", "id": "r"}}
    assert changed(before, after) == ['-    "addr": "****",', '+    "addr": "****",']
    assert difference(editable(json.dumps(before)), editable(json.dumps(before))) == []


def test_the_difference_to_what_is_no_json_shows_only_the_event() -> None:
    lines = difference(editable('{"actor": {"name": "bob"'), editable(json.dumps(EVENT)))
    assert not [line for line in lines if "bob" in line or "alice" in line]
    assert f'-"{HIDDEN}"' in lines
    assert '+  "action": "push",' in lines
