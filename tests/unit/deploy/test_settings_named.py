import re
from pathlib import Path

import pytest
import yaml

from console.commands.config.setting_table import example
from shared.configuration import FILE_SUFFIX, SECRETS, variable
from shared.settings import Settings
from tests.unit.deploy.shipped import DEPLOY, files, seconds

_KNOWN = {variable(field) for field in Settings.model_fields}
_KNOWN |= {variable(field) + FILE_SUFFIX for field in SECRETS}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = re.findall(r"\b(?:AMQP|DATABASE)_URL\w*|\bREGISTRY_EVENTS_\w+", path.read_text())
    assert set(named) - _KNOWN == set()


def test_the_example_lists_every_setting_as_it_is() -> None:
    path = DEPLOY / "env.example"
    assert path.read_text() == example(), f"deploy/env.example has to be:\n\n{example()}"


@pytest.mark.parametrize(
    "path",
    [path for path in files() if path.suffix in {".yaml", ".yml"}],
    ids=lambda path: str(path.relative_to(DEPLOY)),
)
def test_yaml_loads(path: Path) -> None:
    assert all(yaml.safe_load_all(path.read_text()))


def test_the_registry_waits_longer_than_ingest_takes() -> None:
    configuration = yaml.safe_load((DEPLOY / "registry.yml").read_text())
    (endpoint,) = configuration["notifications"]["endpoints"]
    assert seconds(endpoint["timeout"]) > Settings.model_construct().ingest_deadline
    assert configuration["storage"]["delete"]["enabled"] is True
