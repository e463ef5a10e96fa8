"""Which dead letters came back of one requeue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.dead_letters.operations.returned import Sent
from tests.unit.console.dead_letters.letters import make_dead_letter

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNTIL = SINCE + timedelta(minutes=1)
SENT = Sent("anna", SINCE, UNTIL)


def has(**headers: Any) -> bool:
    told = {"requeued-at": SINCE.isoformat(), "requeued-by": "anna", "requeue-count": 1, **headers}
    named = {name.replace("_", "-"): value for name, value in told.items()}
    return SENT.has(make_dead_letter(headers=named))


def test_what_this_requeue_sent() -> None:
    assert has()
    assert has(requeued_at=UNTIL.isoformat())


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"requeued_by": "bert"}, id="another-operator"),
        pytest.param({"requeued_at": "2026-03-01T11:59:59+00:00"}, id="before"),
        pytest.param({"requeued_at": "2026-03-01T12:01:01+00:00"}, id="after"),
        pytest.param({"requeued_at": "2026-03-01T12:00:30"}, id="no-offset"),
        pytest.param({"requeued_at": "\x00"}, id="no-time"),
        pytest.param({"requeued_at": 7, "requeued_by": 7}, id="numbers"),
    ],
)
def test_what_it_did_not_send(headers: dict[str, Any]) -> None:
    assert not has(**headers)


def test_an_operator_of_a_hostile_name_is_known_again() -> None:
    name = "a\u202eb" + "x" * 300
    sent = Sent(name, SINCE, UNTIL)
    shown = "a\\u202eb" + "x" * 197 + "…"
    headers = {"requeued-at": SINCE.isoformat(), "requeued-by": shown}
    assert sent.has(make_dead_letter(headers=headers))
