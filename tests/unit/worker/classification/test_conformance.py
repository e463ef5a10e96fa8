"""Every case of tests/data/classification.json, by the pure rules alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.event import Event, InvalidEventError
from tests.factories import make_event
from worker.verdicts import Catalogue, judge, once_each, pushed_paths

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
    path = case["event"].get("target", {}).get("repository") or ""
    if case["repository_row"]:
        return Catalogue({path: 7})
    created = pushed_paths(events) if mode == "register" else set()
    return Catalogue(dict.fromkeys(created, 7), frozenset(created))


@pytest.mark.parametrize(("case", "mode"), parametrised())
def test_rule(case: dict[str, Any], mode: str) -> None:
    event = make_event()
    del event["target"]
    text = json.dumps({**event, **case["event"]})
    if case["invalid"]:
        with pytest.raises(InvalidEventError, match="target"):
            Event.parse(text)
        return
    events = once_each([Event.parse(text)])
    assert bool(events) == case["supported"]
    catalogue = catalogue_for(case, mode, events)
    verdicts = judge(events, catalogue)
    assert [verdict.tracking_action for verdict in verdicts] == (
        [case["tracking_action"]] if case["tracking_action"] else []
    )
    assert [verdict.geo for verdict in verdicts if verdict.geo] == [True] * case["geo_event"]
    if "row_after" in case and mode == "register":
        assert bool(catalogue.ids) == case["row_after"]
