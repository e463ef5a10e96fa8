"""The setting of the sources: what may stand in it, and what is said of what may not."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.commands.config.setting_table import rows
from ingest.registries import REGISTRIES
from ingest.sources.faults import faults
from shared.configuration import SettingsError, load
from shared.sources import Source

SECRET = "hunter2"
NAME = "REGISTRY_EVENTS_SOURCES"


def one(**changes: Any) -> dict[str, Any]:
    return {"name": "prod", "registry": "quay", "auth": {"query": [SECRET]}, **changes}


def said(sources: object) -> list[str]:
    """The faults, without the name of the setting."""
    text = sources if isinstance(sources, str) else json.dumps(sources)
    with pytest.raises(SettingsError) as refused:
        load(sources=text)
    assert SECRET not in repr(refused.value)
    assert all(fault.startswith(f"{NAME}: ") for fault in refused.value.faults)
    return [fault.removeprefix(f"{NAME}: ") for fault in refused.value.faults]


KINDS: dict[str, dict[str, Any]] = {
    "token": {"token": [SECRET, "next"]},
    "header": {"header": {"name": "X-Ours", "secrets": [SECRET]}},
    "hmac, the list alone": {"hmac": [SECRET]},
    "hmac": {"hmac": {"header": "X-S", "algorithm": "sha1", "prefix": "s=", "secrets": [SECRET]}},
    "query, the list alone": {"query": [SECRET]},
    "query": {"query": {"parameter": "key", "secrets": [SECRET]}},
    "oidc": {"oidc": {"audience": "ours", "email": "a@b"}},
    "two": {"hmac": [SECRET], "header": {"name": "X-Ours", "secrets": [SECRET]}},
    "none": {"none": True},
}


@pytest.mark.parametrize("auth", KINDS.values(), ids=KINDS)
def test_each_kind_is_read_and_no_secret_is_shown(auth: dict[str, Any]) -> None:
    settings = load(sources=json.dumps([one(auth=auth, options={"a": "b"})]))
    assert settings.sources[0].auth.kinds
    assert {name: value for name, value, _ in rows(settings)}[NAME] == "quay/prod"
    assert SECRET not in f"{settings!r} {settings} {list(rows(settings))}"


def test_a_file_may_hold_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sources").write_text(json.dumps([one()]))
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "sources"))
    assert [source.name for source in load().sources] == ["prod"]


BAD: dict[str, tuple[object, list[str]]] = {
    "no JSON": (f"[{SECRET}", ["is not JSON"]),
    "a key twice": (f'{{"{SECRET}": 1, "{SECRET}": 1}}', ["a key stands twice in one object"]),
    "no list": ({}, ['is not a list: [{"name": ..., "registry": ..., "auth": {...}}, ...]']),
    "no object": ([SECRET], ["source 1: it is not an object"]),
    "a name": ([one(name="Prod")], ["source Prod: name is not 1 to 40 of a-z, 0-9 and -"]),
    "a long name": (
        [one(name="a" * 41)],
        [f"source {'a' * 40}…: name is not 1 to 40 of a-z, 0-9 and -"],
    ),
    "a line's end": ([one(name="a\n")], ["source a\\x0a: name is not 1 to 40 of a-z, 0-9 and -"]),
    "the reserved name": (
        [one(name="default")],
        ["source default: that is the name of what /notifications takes"],
    ),
    "a name twice": ([one(), one()], ["source prod: stands there 2 times"]),
    "no auth": ([one(auth={})], [
        "source prod: auth says nothing; it may have token, header, hmac, query or oidc"
    ]),
    "none and another": ([one(auth={"none": True, "query": [SECRET]})], [
        "source prod: auth has none beside another one; which one counts?"
    ]),
    "a secret as a member": ([one(auth={SECRET: 1})], [
        "source prod: auth holds something that is not known"
    ]),
    "an empty secret": ([one(auth={"token": [""]})], [
        "source prod: auth.token holds no secret, or an empty one"
    ]),
    "no secret": ([one(auth={"query": []})], [
        "source prod: auth.query.secrets holds no secret, or an empty one"
    ]),
    "a text for secrets": ([one(auth={"token": SECRET})], [
        "source prod: auth.token is not a list"
    ]),
    "an algorithm": ([one(auth={"hmac": {"secrets": [SECRET], "algorithm": "md5"}})], [
        "source prod: auth.hmac.algorithm should be 'sha256' or 'sha1'"
    ]),
    "an issuer without TLS": (
        [one(auth={"oidc": {"audience": "a", "email": "b", "issuer": "http://issuer.example"}})],
        ["source prod: auth.oidc.issuer is not spelt as it may be"],
    ),
    "oidc for anybody": ([one(auth={"oidc": {"audience": "a"}})], [
        "source prod: auth.oidc.email is missing"
    ]),
    "several": ([{"name": "a"}, one(registry="?")], [
        "source a: registry is missing",
        "source a: auth is missing",
        "source prod: registry is not 1 to 40 of a-z, 0-9 and -",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "says"), BAD.values(), ids=BAD)
def test_each_fault_is_a_sentence_without_a_secret(sources: object, says: list[str]) -> None:
    assert said(sources) == says


def test_none_has_to_be_said_twice() -> None:
    sources = json.dumps([one(auth={"none": True})])
    (fault,) = faults(load(sources=sources))
    assert fault == f"{NAME}: source prod: auth.none counts only with --insecure-no-auth"
    assert faults(load(sources=sources, insecure_no_auth=True)) == []


def test_an_unknown_registry_is_told_which_are_known() -> None:
    (fault,) = faults(load(sources=json.dumps([one(registry="key")])))
    assert "source prod: registry key is not known; known are " in fault
    assert "distribution" in fault
    assert "quay" in fault


def test_who_signs_nothing_by_itself_needs_a_header() -> None:
    (fault,) = faults(load(sources=json.dumps([one(auth={"hmac": [SECRET]})])))
    assert fault == (
        f"{NAME}: source prod: auth.hmac needs a header: quay has no signature of its own"
    )
    named = {"hmac": {"header": "X-Ours", "secrets": [SECRET]}}
    assert faults(load(sources=json.dumps([one(auth=named)]))) == []


OPTIONS: dict[str, tuple[str, dict[str, str], str]] = {
    "another name": ("nexus", {"repositoryname": SECRET}, (
        "option repositoryname is not known; nexus has repository-name=take "
        "(the repository's name stands in front of the image's)"
    )),
    "another value": ("nexus", {"repository-name": SECRET}, (
        "option repository-name has a value that is not known; there is repository-name=take "
        "(the repository's name stands in front of the image's)"
    )),
    "an adapter without": ("quay", {"a": "b"}, "option a is not known; quay has none"),
    "an envelope": ("distribution", {"a": "b"}, "option a is not known; distribution has none"),
}  # fmt: skip


@pytest.mark.parametrize(("registry", "options", "says"), OPTIONS.values(), ids=OPTIONS)
def test_an_option_that_no_adapter_reads_is_a_fault(
    registry: str, options: dict[str, str], says: str
) -> None:
    (fault,) = faults(load(sources=json.dumps([one(registry=registry, options=options)])))
    assert fault == f"{NAME}: source prod: {says}"


def test_each_option_that_is_declared_is_none() -> None:
    for registry in REGISTRIES.values():
        options = {option.name: option.value for option in registry.options}
        source = one(registry=registry.name, options=options)
        assert faults(load(sources=json.dumps([source]))) == []


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.faults.find_spec", lambda _: None)
    auth = {"oidc": {"audience": "ours", "email": "a@b"}}
    (fault,) = faults(load(sources=json.dumps([one(auth=auth)])))
    assert fault.endswith("auth.oidc needs what pip install 'registry-events[oidc]' installs")


def test_a_source_is_not_shown_with_its_secrets() -> None:
    assert SECRET not in repr(Source.model_validate(one()))
