"""Each registry has what belongs to it, and its page says what ingest understands."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from urllib.parse import urlsplit

import pytest

import ingest.registries
from ingest.notifications import PATHS
from ingest.registries import REGISTRIES
from ingest.registries.registry import Registry
from ingest.sources.routes import paths
from shared.sources import Source
from tests.unit.deploy.shipped import DEPLOY, ROOT

SAMPLES = ROOT / "tests" / "data" / "registries"
# Those that send Distribution's envelope have no adapter.
ENVELOPE = {"distribution3", "gitlab"}
PAGES = sorted((DEPLOY / "registries").glob("*.md"))
GUIDES = [page for page in PAGES if page.stem != "README"]


def adapters() -> Iterator[str]:
    """The names in the modules of the room that are adapters, whether the table has them or not."""
    for module in iter_modules(ingest.registries.__path__, "ingest.registries."):
        if found := getattr(import_module(module.name), "REGISTRY", None):
            yield found.name


def snippets(page: Path) -> Iterator[Any]:
    for text in re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL):
        yield json.loads(text)


def sources(page: Path) -> list[Source]:
    return [Source.model_validate(one) for one in snippets(page) if "registry" in one]


def test_each_adapter_has_a_line_samples_and_a_page() -> None:
    names = sorted(adapters())
    assert names == sorted(REGISTRIES)
    assert sorted({path.parent.name for path in SAMPLES.glob("*/*.json")} - ENVELOPE) == names
    assert sorted({page.stem for page in GUIDES} - ENVELOPE) == names


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_page_shows_one_source_that_ingest_takes(page: Path) -> None:
    (source,) = sources(page)
    wanted = "distribution" if page.stem in ENVELOPE else page.stem
    assert source.registry == wanted


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_what_a_page_names_is_a_route(page: Path) -> None:
    named = re.findall(r"https://ingest\.example(/[^\s`\"'?)]+)", page.read_text())
    known = {*PATHS, *paths(sources(page))}
    assert named
    assert set(named) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", page.read_text())
    local = [one for one in links if not urlsplit(one).scheme]
    assert [one for one in local if not (page.parent / one).exists()] == []


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)
def test_a_page_names_each_option_of_its_adapter(registry: Registry) -> None:
    text = (DEPLOY / "registries" / f"{registry.name}.md").read_text()
    for option in registry.options:
        assert f'"{option.name}": "{option.value}"' in text


def test_every_registry_is_kept_from_the_others() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (kept,) = (
        one["modules"]
        for one in project["tool"]["importlinter"]["contracts"]
        if one["type"] == "independence"
    )
    modules = {module.name for module in iter_modules(ingest.registries.__path__)}
    registries = {f"ingest.registries.{name.replace('-', '_')}" for name in REGISTRIES}
    assert set(kept) == registries
    assert modules >= {name.replace("-", "_") for name in REGISTRIES}
