"""Bodies as registries sent them, with what a sender may have done to them: for properties."""

import json
import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.factories import make_envelope, make_event

_DATA = Path(__file__).parent / "data"
_TOKEN = re.compile(rb'"[^"]*"|[\d.]+|[\[\]{},:]')

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


def _requests() -> list[dict[str, Any]]:
    captures = [json.loads(path.read_text()) for path in sorted((_DATA / "captures").glob("*"))]
    others = [
        json.loads(path.read_text()) for path in sorted((_DATA / "registries").rglob("*.json"))
    ]
    return [
        *(request for capture in captures for request in capture["requests"]),
        *(other["request"] for other in others),
    ]


def _valid(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


CAPTURED = [request["body"].encode() for request in _requests()]
_SMALL = [
    make_envelope(make_event()),
    make_envelope(
        make_event(target={"tag": "v1", "references": [{"size": 1}]}), make_event("pull")
    ),
    b'{"events":[{"id":"1","timestamp":"2026-11-23T23:52:37Z","action":"pull"}]}',
    make_envelope(),
]
# Members, values and pieces of both that are open, forbidden, or only look so.
_PIECES = [
    *(b'"id": "twice",', b'"action":"push",', b'"target": {},', b'"events": [],', b'"": "",'),
    *(b'"name": "x", "name": "x",', b'"new": [{"a": {}}, "b"],', b'"tag": "",', b'"tag": null,'),
    *(b'"repository": "a/b",', b'"actor": null,', b'"request": "",', b'"source": [],'),
    *(b"1e999", b"1E400,", b"-0", b"-", b".5", b"01", b"9" * 4_400, b"9" * 400, b"1e-400"),
    *(b"NaN", b"Infinity", b"-Infinity", b"null", b"true", b"[]", b"{}", b"[1e999]", b'"x"'),
    *(b'"\\u0000"', b'"\\ud800"', b"\\", b'\\"', b'"', b"\x00", b"\x01", b"\x7f", b"\x1b"),
    *(b"\xff", b"\xed\xa0\x80", "\u2028\u00e9\U0001f600".encode(), BOM_UTF8, b"\xa0", b" \t\r\n"),
    *(b"\x0b", b"\x0c", b"/**/", b"]", b"}", b"]}", b"[" * 20, b"[" * 20 + b"]" * 20),
    *(b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59.999999Z", b'"2026-11-23t23:52:37.9-14:00"'),
    *(b"x" * 130, b"x" * 260, b"/", b"-", b"A", b"push", b"delete"),
]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A body that a registry sent, changed at up to three places."""
    body = draw(st.sampled_from(_SMALL) | st.sampled_from(CAPTURED))
    for _ in range(draw(st.integers(0, 3))):
        body = _changed(draw, body)
    return body


def _changed(draw: st.DrawFn, body: bytes) -> bytes:
    tokens = [found.span() for found in _TOKEN.finditer(body)] or [(0, 0)]
    start, end = draw(st.sampled_from(tokens))
    piece = draw(st.sampled_from(_PIECES) | ANY_VALUE.map(_json) | st.binary(max_size=3))
    match draw(st.sampled_from(["before", "after", "within", "instead", "twice"])):
        case "before":
            return body[:start] + piece + body[start:]
        case "after":
            return body[:end] + piece + body[end:]
        case "within":
            return body[: start + 1] + piece + body[start + 1 :]
        case "instead":
            return body[:start] + piece + body[end:]
        case _:
            return body[:end] + body[start:end] + body[end:]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


any_json = ANY_VALUE.map(_json)
