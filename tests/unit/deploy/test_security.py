"""What deploy/SECURITY.md promises is held by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

from shared.configuration import SECRETS, variable
from tests.unit.deploy.shipped import DEPLOY, ROOT

_PAGE = (DEPLOY / "SECURITY.md").read_text()
_NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _PAGE)


def _threats() -> list[str]:
    lines = _PAGE.partition("## What is refused, and how")[2].partition("\n## ")[0].splitlines()
    _, _, *rows = [line for line in lines if line.startswith("|")]
    return rows


@pytest.mark.parametrize(("path", "name"), _NAMED, ids=[name for _, name in _NAMED])
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in _functions(ROOT / path)


def test_every_threat_names_its_test() -> None:
    assert len(_threats()) > 20
    for row in _threats():
        _, threat, held_by, tests, _ = re.split(r"\s*\|\s*", row)
        assert threat
        assert held_by
        assert re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`(, `tests/[\w/]+\.py::test_\w+`)*", tests)


def test_every_secret_has_a_line() -> None:
    opens = _PAGE.partition("## What each secret opens")[2].partition("\n## ")[0]
    assert [name for field in SECRETS if f"| `{(name := variable(field))}` |" not in opens] == []


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}
