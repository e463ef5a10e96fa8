import base64
import json
from pathlib import Path
from typing import Any

import pytest

from geo.registry.credentials import Credentials, CredentialsError, Login
from geo.registry.location import Location


def written(directory: Path, auths: dict[str, Any]) -> Path:
    path = directory / "config.json"
    path.write_text(json.dumps({"auths": auths, "credsStore": "desktop", "HttpHeaders": {}}))
    return path


def packed(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("name", "entry", "login"),
    [
        ("registry.example", packed("alice:wonder:land"), Login("alice", "wonder:land")),
        ("registry.example", packed("alice:\0\0"), Login("alice", "")),
        ("https://registry.example/v1/", packed("alice:x"), Login("alice", "x")),
        ("https://registry.example", {"username": "a", "password": "é"}, Login("a", "é")),
        ("registry.example/team", packed("alice:x"), None),
        ("registry.example:5000", packed("alice:x"), None),
        ("example", packed("alice:x"), None),
    ],
    ids=["plain", "padded", "URL", "apart", "namespace", "port", "domain"],
)
def test_a_login_is_of_one_host_and_port(
    name: str, entry: dict[str, str], login: Login | None, tmp_path: Path
) -> None:
    credentials = Credentials.read(written(tmp_path, {name: entry}))
    assert credentials.of(Location.parse("https://registry.example")) == login


def test_without_a_file_there_are_none() -> None:
    assert Credentials.read(None).of(Location.parse("https://registry.example")) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"auths": {"r": {"auth": "s3cret!"}}}',
        '{"auths": {"r": {"auth": "czNjcmV0"}}}',
        '{"auths": {"r": "s3cret"}}',
    ],
)
def test_a_file_that_is_none_is_told_without_its_content(content: str, tmp_path: Path) -> None:
    path = tmp_path / "auth.json"
    path.write_text(content)
    with pytest.raises(CredentialsError) as fault:
        Credentials.read(path)
    assert str(path) in str(fault.value)
    assert "s3cret" not in str(fault.value)
    assert "czNjcmV0" not in str(fault.value)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="No such file"):
        Credentials.read(tmp_path / "none")


def test_a_login_shows_nothing() -> None:
    assert "wonder" not in f"{Login('alice', 'wonder')} {Login('alice', 'wonder')!r}"
