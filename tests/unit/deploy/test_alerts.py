"""Each alert fires on a series that should make it, and is silent on one that should not."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.programs import PROMTOOL, needed
from tests.unit.deploy.shipped import DEPLOY

_PROMETHEUS = DEPLOY / "prometheus"
_TESTS: list[dict[str, Any]] = yaml.safe_load((_PROMETHEUS / "alerts-test.yml").read_text())[
    "tests"
]


@pytest.fixture
def promtool() -> Path:
    needed(PROMTOOL)
    return PROMTOOL.found()


def _asked(promtool: Path, *arguments: str) -> None:
    command = [str(promtool), *arguments]
    done = subprocess.run(command, cwd=_PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_can_be_loaded(promtool: Path) -> None:
    _asked(promtool, "check", "rules", "alerts.yml")


def test_alerts_fire_when_they_should(promtool: Path) -> None:
    _asked(promtool, "test", "rules", "alerts-test.yml")


def test_each_alert_is_tried_both_ways() -> None:
    groups = yaml.safe_load((_PROMETHEUS / "alerts.yml").read_text())["groups"]
    alerts = [rule["alert"] for group in groups for rule in group["rules"]]
    assert [one["name"] for one in _TESTS] == alerts
    for one in _TESTS:
        silent, firing = one["promql_expr_test"]
        assert f'ALERTS{{alertname="{one["name"]}", alertstate="firing"}}' in silent["expr"]
        assert silent["expr"] == firing["expr"]
        assert not silent.get("exp_samples")
        assert firing["exp_samples"]
