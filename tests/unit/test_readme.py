"""The README says what the program does: its settings and the tests that it names."""

import re
from pathlib import Path

from console.commands.config.setting_table import rows
from console.explanation import capabilities
from shared.settings import Settings
from tests import exposed

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def settings_table() -> str:
    lines = ["| Variable | Default | |", "|---|---|---|"]
    for name, default, description in rows(Settings.model_construct()):
        lines.append(f"| `{name}` | {f'`{default}`' if default else ''} | {description} |")
    return "\n".join(lines)


def test_every_setting_stands_in_the_table() -> None:
    table = re.search(
        r"<!-- settings: begin -->\n(.*?)\n?<!-- settings: end -->", README, re.DOTALL
    )
    assert table
    assert table[1] == settings_table(), f"the table should be:\n{settings_table()}"


def test_every_metric_stands_in_the_table() -> None:
    found = re.search(r"<!-- metrics: begin -->\n(.*?)\n?<!-- metrics: end -->", README, re.DOTALL)
    assert found
    assert found[1] == exposed.table(), f"the table should be:\n{exposed.table()}"


def test_every_metric_that_is_named_exists() -> None:
    # A view has such a name too.
    named = set(re.findall(r"\bregistry_events_\w+", README)) - {"registry_events_daily"}
    known = {name for shown in exposed.EXPOSED.values() for one in shown for name in one.series}
    assert [one for one in named - known if not any(n.startswith(one) for n in known)] == []


def test_what_every_registry_says_stands_in_the_table() -> None:
    found = re.search(
        r"<!-- registries: begin -->\n(.*?)\n?<!-- registries: end -->", README, re.DOTALL
    )
    assert found
    assert found[1] == capabilities.table(), (
        "python -m console.explanation.capabilities says what it should be:\n"
        f"{capabilities.table()}"
    )


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"`((?:tests|deploy)/[\w./]+)`|\]\(((?:deploy|tests)/[\w./]+)\)", README)
    assert len(named) > 10
    for one in named:
        path = one[0] or one[1]
        assert (ROOT / path).exists(), path
