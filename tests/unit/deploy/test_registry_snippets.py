"""What the pages of registries show to be copied can be, as far as a file tells."""

import configparser
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import yaml

from ingest.notifications import PATHS
from ingest.sources.faults import faults
from ingest.sources.routes import paths
from shared.configuration import load
from shared.settings import Settings
from tests.unit.deploy.shipped import DEPLOY

_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}


class Snippet(NamedTuple):
    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.stem}-{self.language}"


def _json(text: str) -> None:
    json.loads(text)


def _yaml(text: str) -> None:
    assert list(yaml.safe_load_all(text))


def _shell(text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _ini(text: str) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert parser.sections()


def _balanced(text: str) -> None:
    """Of a language without a parser here: each bracket and each quote is closed."""
    without = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "", text)
    assert not {'"', "'"} & set(without)
    opened: list[str] = []
    for sign in re.findall(r"[()\[\]{}]", without):
        if sign not in _BRACKETS:
            opened.append(sign)
        else:
            assert opened
            assert opened.pop() == _BRACKETS[sign]
    assert opened == []


CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    "json": _json,
    "yaml": _yaml,
    "sh": _shell,
    "ini": _ini,
    "hcl": _balanced,
    "ruby": _balanced,
}


def snippets() -> list[Snippet]:
    return [
        Snippet(page, language, text)
        for page in sorted((DEPLOY / "registries").glob("*.md"))
        for language, text in re.findall(r"```(\w*)\n(.*?)```", page.read_text(), re.DOTALL)
    ]


def _configured(page: Path) -> Settings:
    """The sources of a page, read as ingest reads the setting."""
    shown = [
        json.loads(one.text) for one in snippets() if (one.page, one.language) == (page, "json")
    ]
    return load(sources=json.dumps([one for one in shown if "registry" in one]))


def _ids(found: list[Snippet]) -> list[str]:
    return [f"{one}-{number}" for number, one in enumerate(found)]


@pytest.mark.parametrize("snippet", snippets(), ids=_ids(snippets()))
def test_it_is_what_its_language_allows(snippet: Snippet) -> None:
    CHECKS[snippet.language](snippet.text)


@pytest.mark.parametrize("snippet", snippets(), ids=_ids(snippets()))
def test_each_path_of_ours_in_it_is_a_route_of_the_source_on_its_page(snippet: Snippet) -> None:
    known = {*PATHS, *paths(_configured(snippet.page).sources)}
    assert set(re.findall(r"/notifications[\w/-]*", snippet.text)) <= known


@pytest.mark.parametrize(
    "page", sorted({one.page for one in snippets()}), ids=lambda page: page.stem
)
def test_each_source_is_one_that_ingest_starts_with(page: Path) -> None:
    settings = _configured(page)
    assert settings.sources
    assert faults(settings) == []


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        pytest.param("acr", "Authorization=Bearer SECRET", id="acr"),
        pytest.param("acr-eventgrid", 'Authorization static "Bearer SECRET"', id="acr-eventgrid"),
        pytest.param("ecr", 'key   = "{header}"', id="ecr"),
        pytest.param("gar", "--push-auth-service-account {email}", id="gar-email"),
        pytest.param("gar", "--push-auth-token-audience {audience}\n", id="gar-audience"),
    ],
)
def test_what_it_has_sent_is_what_the_source_on_its_page_asks_for(page: str, sent: str) -> None:
    place = DEPLOY / "registries" / f"{page}.md"
    (source,) = _configured(place).sources
    auth = source.auth
    assert auth.token or auth.header or auth.oidc
    wanted = sent.format(
        header=auth.header.name if auth.header else "",
        email=auth.oidc.email if auth.oidc else "",
        audience=auth.oidc.audience if auth.oidc else "",
    )
    shown = "".join(one.text for one in snippets() if one.page == place and one.language != "json")
    assert wanted in shown
