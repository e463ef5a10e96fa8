"""`registry-events up --geo`: what is done to one registry happens to another."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.test_up import UP, data, environment, run_once

__all__ = ["data"]


@pytest.mark.usefixtures("registry_programs")
def test_a_push_arrives_on_a_second_registry_and_a_delete_too(data: Path) -> None:
    output = run_once(data, "--geo", "--workers", "1")
    afterwards = r"sha256:[0-9a-f]{12}, \d+\.\d s afterwards"
    for tag in ("v1", "platforms"):
        assert re.search(rf"demo/geo:{tag} is on the second .* byte for byte: {afterwards}", output)
        assert re.search(rf"push_tag +demo/geo:{tag} of up-geo ", output)
    assert re.search(r"demo/geo:v1 is gone from the second registry too, \d+\.\d s", output)
    assert "What was done to the first registry happened to the second." in output


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(["--no-registry"], id="no registry"),
        pytest.param(["--sample", "quay"], id="a sample"),
    ],
)
def test_registries_cannot_be_shown_without(data: Path, other: list[str]) -> None:
    done = subprocess.run(
        [*UP, "--geo", *other, "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == 2
    assert "--geo shows registries" in done.stderr
    assert not data.exists()
