"""Whatever a request holds, it is explained."""

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from console.explanation import words
from console.explanation.registries import LABELS, explain
from ingest.registries.adapter import Sent
from tests.unit.console.explanation.samples import SAMPLES

REQUESTS = [json.loads(path.read_text())["request"] for path in SAMPLES]
BODIES = [request["body"] for request in REQUESTS]
HEADERS = [{name.lower(): one for name, one in it["headers"].items()} for it in REQUESTS]
HOSTILE = st.sampled_from(["\\u0000", "\\ud800", "é", "null", "[]", "{}", "0", '"', "sha256:", "/"])


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A sample's body of which a part is something else."""
    body = draw(st.sampled_from(BODIES))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 20)))
    text: str = body[:start] + draw(HOSTILE | st.text(max_size=3)) + body[end:]
    return text.encode("utf-8", "surrogatepass")


@given(
    registry=st.sampled_from(list(LABELS)),
    headers=st.sampled_from([{}, *HEADERS]),
    body=spoilt() | st.binary(max_size=60) | st.sampled_from([one.encode() for one in BODIES]),
)
def test_it_is_explained(registry: str, headers: Mapping[str, str], body: bytes) -> None:
    explanation = explain(registry, Sent(headers, body))
    told = explanation.document()
    json.dumps(told)
    assert told["events"] or told["ignored"] or told["error"]
    for event in explanation.events:
        assert words.heading(event)
        assert all(text for _, text in words.facts(event))
