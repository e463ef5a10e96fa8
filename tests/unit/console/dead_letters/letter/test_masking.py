import gzip
import json
import zlib
from codecs import BOM_UTF8
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.letter.masking import HIDDEN, masked, payload, pretty
from shared.text import from_bytes
from tests.factories import DIGEST, MANIFEST, make_event
from tests.unit.console.dead_letters.letters import make_dead_letter, notifications

TOKEN = "eyJhbGciOiJub25lIn0.eyJub3RlIjoiaW52ZW50ZWQifQ."
HARMLESS = {
    "id": "320678d8",
    "timestamp": "2026-11-23T23:52:37Z",
    "action": "push",
    "target": {
        "mediaType": MANIFEST,
        "size": 0,
        "length": 528,
        "digest": DIGEST,
        "repository": "team/app",
        "fromRepository": "team/base",
        "tag": "v1",
        "url": f"http://registry.example:5000/v2/team/app/manifests/{DIGEST}",
        "references": [{"mediaType": MANIFEST, "size": 528, "digest": DIGEST}],
        "rename": {"type": "namespace", "from": "team/app", "to": "team/new"},
    },
    "request": {"id": "r", "host": "registry.example:5000", "method": "PUT"},
    "actor": {"user_type": "build", "name": "", "groups": [], "id": None},
    "source": {"addr": "node-a:5000", "instanceID": "c1f0e0c2"},
}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def shown(value: object) -> object:
    return payload(json.dumps(value), mask=True)


@pytest.mark.parametrize(
    "value", [HARMLESS, {"events": [HARMLESS, HARMLESS]}, {"events": HARMLESS}, [HARMLESS]]
)
def test_what_is_known_to_be_harmless_is_shown(value: object) -> None:
    assert shown(value) == value


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"request": {"id": "r", "addr": "192.0.2.7", "useragent": "docker/27"}},
            {"request": {"id": "r", "addr": "****", "useragent": "****"}},
        ),
        (
            {"actor": {"name": "alice", "user": TOKEN, "email": "a@x", "user_type": "build"}},
            {"actor": {"name": "****", "user": "****", "email": "****", "user_type": "build"}},
        ),
        (
            {"meta": {"blob": {"storageBackend": "s3", "sizes": [1, 2.5, None, True, ""]}}},
            {
                "meta": {
                    "blob": {"storageBackend": "****", "sizes": ["****", "****", None, "****", ""]}
                }
            },
        ),
        ({"actor": "alice"}, {"actor": "****"}),
        ({"actor": [["alice"]], "source": 7}, {"actor": [["****"]], "source": "****"}),
        (
            {"request": [{"remoteAddr": "192.0.2.7", "method": "PUT"}, "192.0.2.7"]},
            {"request": [{"remoteAddr": "****", "method": "PUT"}, "****"]},
        ),
        (
            {"id": ["alice"], "action": {"by": "alice"}, "target": {"tag": {"tag": "alice"}}},
            {"id": ["****"], "action": {"by": "****"}, "target": {"tag": {"tag": "****"}}},
        ),
        (
            {"target": {"references": [{"size": 1, "annotations": {"author": "alice"}}]}},
            {"target": {"references": [{"size": 1, "annotations": {"author": "****"}}]}},
        ),
        (
            {"target": {"url": "http://alice:s3cret@host/v2", "tag": TOKEN}},
            {"target": {"url": "http://****@host/v2", "tag": "****"}},
        ),
        ({"x": {f"by {TOKEN}": 1}}, {"x": {"by ****": "****"}}),
        ({"events": {"events": [{"id": "alice"}]}}, {"events": {"events": [{"id": "****"}]}}),
    ],
)
def test_all_else_is_masked(event: object, expected: object) -> None:
    assert shown(event) == expected


@pytest.mark.parametrize("value", ["alice", 7, False, ["alice", {"a": "alice"}]])
def test_a_body_that_is_no_event_is_masked(value: object) -> None:
    assert "alice" not in pretty(shown(value))
    assert "****" in pretty(shown(value))


@pytest.mark.parametrize("body", notifications())
def test_nobody_is_shown_of_what_gitlab_sends(body: str) -> None:
    (event,) = json.loads(body)["events"]
    text = pretty(payload(body, mask=True))
    for value in (
        event["actor"]["name"],
        event["actor"].get("user", "eyJ"),
        event["request"]["addr"],
        event["request"]["useragent"],
    ):
        assert json.dumps(value) not in text
    assert event["actor"]["user_type"] in text
    assert event["target"]["repository"] in text


def test_what_cannot_be_read_cannot_be_masked() -> None:
    body = '{"request": {"addr": "192.0.2.7"'
    assert payload(body, mask=True) == HIDDEN
    assert payload(body, mask=False) == body
    assert "192" not in masked(make_dead_letter(body)).json()


def test_a_compressed_body_and_one_behind_a_byte_order_mark_are_shown_masked() -> None:
    plain = json.dumps({"events": [{"id": "1", "actor": {"name": "alice"}}]}).encode()
    for body in (gzip.compress(BOM_UTF8 + plain), zlib.compress(plain), BOM_UTF8 + plain):
        shown = payload(from_bytes(body), mask=True)
        assert shown == {"events": [{"id": "1", "actor": {"name": "****"}}]}


def test_what_is_nested_deeply_is_masked_whole() -> None:
    deep = 900
    assert "alice" not in pretty(payload('{"a":' * deep + '"alice"' + "}" * deep, mask=True))


def test_a_masked_dead_letter_has_the_same_story() -> None:
    dead_letter = make_dead_letter(json.dumps(make_event(target={"tag": "v1"})), headers={"x": 1})
    same = masked(dead_letter)
    assert "alice" not in same.json()
    assert (same.name, same.event_id, same.headers, same.story) == (
        dead_letter.name,
        dead_letter.event_id,
        dead_letter.headers,
        dead_letter.story,
    )


def test_a_message_id_may_be_a_credential() -> None:
    assert masked(make_dead_letter(message_id=TOKEN)).message_id == "****"


def test_the_original_of_an_edited_one_is_masked() -> None:
    dead_letter = make_dead_letter(headers={"original-body": json.dumps(make_event())})
    assert masked(dead_letter).headers["original-body"] == "****"


@given(JSON)
def test_empty_stays_empty_and_nothing_is_lost(value: object) -> None:
    text = pretty(shown({"events": {"x": value}}))
    assert len(text.splitlines()) == len(pretty({"events": {"x": value}}).splitlines())


@given(JSON)
def test_what_is_printed_steers_no_terminal(value: object) -> None:
    assert all(line.isascii() and line.isprintable() for line in pretty(value).split("\n"))
