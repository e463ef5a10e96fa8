"""What an operator is told of upkeep."""

from datetime import UTC, datetime

import pytest

from console.words.upkeep import sentence
from shared.partitions.acts import Act, Verb

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
CASES = {
    "made": (
        Act(Verb.MADE, "geo_events", JUNE, MAY),
        "would have made the partition of geo_events from 2026-05-01 until 2026-06-01",
    ),
    "made and filled": (
        Act(Verb.MADE, "geo_events", JUNE, MAY, rows=1_234),
        (
            "would have made the partition of geo_events from 2026-05-01 until 2026-06-01, with "
            "1,234 rows of the default one"
        ),
    ),
    "dropped": (
        Act(Verb.DROPPED, "geo_events", JUNE, MAY, partition="geo_events_2026_05", bytes=2_500_000),
        (
            "would have dropped geo_events_2026_05 (from 2026-05-01 until 2026-06-01; about 0 "
            "rows, 2.5 MB)"
        ),
    ),
    "kept": (
        Act(Verb.KEPT, "geo_events", JUNE, MAY, partition="geo_events_2026_05", rows=1, why="wait"),
        "kept geo_events_2026_05 (from 2026-05-01 until 2026-06-01; about 1 row, 0.0 MB): wait",
    ),
    "deleted": (
        Act(Verb.DELETED, "conflicting_events", JUNE, rows=3),
        "would have deleted 3 rows of conflicting_events from before 2026-06-01",
    ),
}


@pytest.mark.parametrize(("act", "text"), CASES.values(), ids=CASES.keys())
def test_an_act_is_a_sentence(act: Act, text: str) -> None:
    assert sentence(act, dry_run=True) == text
    assert sentence(act) == text.removeprefix("would have ")


def test_a_document_has_what_there_is_to_say() -> None:
    act = Act(Verb.DELETED, "conflicting_events", JUNE, rows=3)
    assert act.document() == {
        "act": "deleted",
        "table": "conflicting_events",
        "until": "2026-06-01T00:00:00+00:00",
        "rows": 3,
    }
