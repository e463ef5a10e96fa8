"""Every case of tests/data/classification.json, by the pure rules alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.event import Event
from shared.invalid_event import InvalidEventError
from tests.factories import make_event
from worker.verdicts import (
    Catalogue,
    created,
    event_key,
    first_pushes,
    judge,
    repository_key,
)

CASES = json.loads((Path(__file__).parents[3] / "data" / "classification.json").read_text())
MODES = ("lookup", "register")


def parametrised() -> list[Any]:
    return [
        pytest.param(case, mode, id=f"{case['name']}, {mode}")
        for case in CASES
        for mode in MODES
        if case["mode"] in (mode, "both")
    ]


def catalogue_for(case: dict[str, Any], mode: str, events: list[Event]) -> Catalogue:
    if case["repository_row"]:
        path = case["event"].get("target", {}).get("repository") or ""
        return Catalogue(
            {("default", path): 7}, frozenset({7} if case.get("creation_pending") else ())
        )
    keys = set(map(repository_key, events)) if mode == "register" else set()
    return Catalogue(dict.fromkeys(keys, 7), frozenset({7}))


@pytest.mark.parametrize(("case", "mode"), parametrised())
def test_rule(case: dict[str, Any], mode: str) -> None:
    event = make_event()
    del event["target"]
    text = json.dumps({**event, **case["event"]})
    if case["invalid"]:
        with pytest.raises(InvalidEventError, match="target"):
            Event.parse(text)
        return
    parsed = Event.parse(text)
    events = [parsed] if parsed.supported else []
    assert bool(events) == case["supported"]
    catalogue = catalogue_for(case, mode, events)
    verdicts = judge(events, catalogue)
    if mode == "register":
        first = first_pushes(verdicts, catalogue.pending)
        verdicts = created(verdicts, {event_key(verdict.event) for verdict in first.values()})
    assert [verdict.tracking_action for verdict in verdicts] == (
        [case["tracking_action"]] if case["tracking_action"] else []
    )
    assert [verdict.geo for verdict in verdicts if verdict.geo] == [True] * case["geo_event"]
    if "row_after" in case and mode == "register":
        assert bool(catalogue.ids) == case["row_after"]
