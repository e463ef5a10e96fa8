"""`registry-events up --sample`: what other registries send goes the whole way."""

import re
from pathlib import Path

from console.local.demonstration import registries
from tests.acceptance.test_up import data, run_once

__all__ = ["data"]


def test_one_of_each_registry_is_recorded(data: Path, amqp_url: str, database_url: str) -> None:
    given = {"AMQP_URL": amqp_url, "DATABASE_URL": database_url}
    output = run_once(data, "--no-registry", "--sample", "all", **given)
    count = len(registries.names())
    assert len(re.findall(r"push_tag +demo/\S+:v1 ", output)) == count
    assert f"All {count} expected events were recorded." in output
    again = run_once(data, "--no-registry", "--sample", "quay", "--sample", "ecr", **given)
    assert "All 2 expected events were recorded." in again
    assert "demo/quay:v1" in again
