import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forward import snowplow
from tests.collector import structured_faults
from tests.unit.forward.events import make_outbox_event

NOW = datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)
SCHEMA = "iglu:com.example/tracking_event/jsonschema/1-0-0"


def sent(context: str = "", **changes: Any) -> dict[str, str]:
    body = snowplow.body([make_outbox_event(**changes)], app_id="ours", context=context, now=NOW)
    document = json.loads(body)
    assert document["schema"] == snowplow.PAYLOAD
    assert structured_faults(document["data"]) == []
    (event,) = document["data"]
    return dict(event)


def test_category_and_action_are_the_original_s() -> None:
    event = sent()
    assert event.pop("tv").startswith("registry-events-")
    assert event == {
        "e": "se",
        "se_ca": "container_registry:notification",
        "se_ac": "push_tag",
        "se_la": "team/app",
        "se_pr": "v1",
        "eid": "8f3cd2a6-7f55-4a0c-9d0b-7c3c2a1d5e11",
        "dtm": "1795489200123",
        "stm": "1795489205000",
        "p": "srv",
        "aid": "ours",
    }


def test_a_context_has_every_column_that_holds_something() -> None:
    contexts = json.loads(sent(SCHEMA)["co"])
    assert contexts["schema"] == snowplow.CONTEXTS
    (context,) = contexts["data"]
    assert context["schema"] == SCHEMA
    assert context["data"]["digest"] == "sha256:ab"
    assert "actor" not in context["data"]


@pytest.mark.parametrize(
    "own",
    ["17", "{8f3cd2a6-7f55-4a0c-9d0b-7c3c2a1d5e11}", "8f3cd2a67f554a0c9d0b7c3c2a1d5e11"],
    ids=["number", "braces", "no dashes"],
)
def test_what_is_no_uuid_becomes_one_that_stays_the_same(own: str) -> None:
    made = sent(event_id=own)["eid"]
    assert made == sent(event_id=own)["eid"]
    assert made != sent(event_id=own, registry_source="harbor")["eid"]
    assert made.replace("-", "") != own.strip("{}").replace("-", "")


def test_a_uuid_in_capitals_is_one() -> None:
    assert sent(event_id="8F3CD2A6-7F55-4A0C-9D0B-7C3C2A1D5E11") == sent()


@given(st.text(min_size=1), st.text(min_size=1), st.datetimes(timezones=st.just(UTC)))
def test_whatever_is_recorded_is_as_the_schema_has_it(name: str, tag: str, at: datetime) -> None:
    text = name.encode(errors="replace").decode()
    sent(SCHEMA, event_id=text, repository=text, tag=tag.encode(errors="replace").decode())
    moment = int(sent(occurred_at=at.isoformat())["dtm"])
    assert moment == pytest.approx(at.timestamp() * 1000, abs=2)
