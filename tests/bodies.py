"""Bodies as registries sent them, with what a sender may have done to them: for properties."""

import json
import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.factories import make_envelope, make_event

_DATA = Path(__file__).parent / "data"

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


any_json = ANY_VALUE.map(_json)


def _requests() -> list[dict[str, Any]]:
    captures = [json.loads(path.read_text()) for path in sorted((_DATA / "captures").glob("*"))]
    others = [
        json.loads(path.read_text())
        for registry in ("distribution3", "gitlab")
        for path in sorted((_DATA / "registries" / registry).glob("*.json"))
    ]
    return [
        *(request for capture in captures for request in capture["requests"]),
        *(other["request"] for other in others),
    ]


CAPTURED = [request["body"].encode() for request in _requests()]
_SMALL = [
    make_envelope(make_event()),
    make_envelope(
        make_event(target={"tag": "v1", "references": [{"size": 1}]}), make_event("pull")
    ),
    b'{"events":[{"id":"1","timestamp":"2026-11-23T23:52:37Z","action":"pull"}]}',
    make_envelope(),
    make_envelope(make_event("rename", "a", target={"rename": {"from": "a", "to": "b"}})),
]
_KEYS = [
    *("events", "id", "timestamp", "action", "target", "repository", "tag", "digest", "mediaType"),
    *("request", "host", "actor", "name", "user", "source", "addr", "instanceID", "size"),
    *("rename", "from", "to", "", "new"),
]
# Values that are open, forbidden or of another type, or only look so.
_VALUES = [
    *(b"null", b"true", b"[]", b"{}", b"0", b'""', b'"x"', b'"push"', b'"pull"', b'"a/b"'),
    *(b"-0", b"1e999", b"1E400", b"1e-400", b"-", b".5", b"01", b"9" * 400, b"9" * 4_400),
    *(b"NaN", b"Infinity", b"-Infinity", b"[1e999]", b'{"a": 1, "a": 1}', b'{"a": {"": []}}'),
    *(b'"\\u0000"', b'"\\ud800"', b'"\\n"', b'"\xff"', b'"\xed\xa0\x80"', b'"\x7f\x1b"', b'"\x01"'),
    *('"\u2028\u00e9\U0001f600"'.encode(), b"[" * 20 + b"]" * 20, b'"%s"' % (b"x" * 260)),
    *(
        b'"0001-01-01T00:00:00Z"',
        b'"2026-11-23t23:52:37.9-14:00"',
        b'"%s"' % ("\u00e9" * 128).encode(),
    ),
]
_PIECES = [
    *(
        b"\\",
        b'"',
        b"\x00",
        b"\x7f",
        b"\xff",
        BOM_UTF8,
        b"\xa0",
        b" \t\r\n",
        b"\x0b",
        b"\x0c",
        b"/**/",
    ),
    *(b"[", b"]", b"{", b"}", b"]}", b",", b":", b"-", b"A", b"/", b"x" * 130),
]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A body that a registry sent, changed at up to three places."""
    body = draw(st.sampled_from(_SMALL) | st.sampled_from(CAPTURED))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        body = draw(st.sampled_from([_with_member, _with_value, _with_piece]))(draw, body)
    return body


def _with_member(draw: st.DrawFn, body: bytes) -> bytes:
    """A member more in one of the objects: perhaps one that is there already."""
    key, value = draw(st.sampled_from(_KEYS) | ANY_TEXT), draw(st.sampled_from(_VALUES) | any_json)
    at = draw(st.sampled_from([found.end() for found in re.finditer(rb"\{", body)] or [0]))
    return b"%s%s: %s, %s" % (body[:at], _json(key), value, body[at:])


def _with_value(draw: st.DrawFn, body: bytes) -> bytes:
    found = [found.span() for found in re.finditer(rb'(?<=: )("[^"]*"|[\d.]+)', body)] or [(0, 0)]
    start, end = draw(st.sampled_from(found))
    return body[:start] + draw(st.sampled_from(_VALUES) | any_json) + body[end:]


def _with_piece(draw: st.DrawFn, body: bytes) -> bytes:
    """Something anywhere, in place of as much as that or of nothing."""
    at = draw(st.integers(0, len(body)))
    piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=3))
    return body[:at] + piece + body[at + draw(st.sampled_from([0, len(piece)])) :]
