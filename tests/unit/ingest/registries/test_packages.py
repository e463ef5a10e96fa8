"""What GitHub, Gitea and Forgejo say of a package that is a container."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ingest.registries.adapter import Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
GITHUB = {"x-github-event": "package", "x-github-delivery": "d-1"}
GITEA = {"x-gitea-event": "package", "x-gitea-delivery": "d-2"}
MADE = "2026-03-04T08:55:30Z"


def github(package: dict[str, Any] | None = None, **version: Any) -> dict[str, Any]:
    told = {"version": DIGEST, "package_url": "ghcr.io/Acme/web:"} | version
    basic = {"name": "web", "package_type": "CONTAINER", "owner": {"login": "Acme"}}
    return {"action": "published", "package": basic | {"package_version": told} | (package or {})}


def gitea(action: str = "created", /, **package: Any) -> dict[str, Any]:
    basic = {"name": "web", "type": "container", "owner": {"login": "Acme"}, "created_at": MADE}
    return {"action": action, "package": basic | {"version": "1.0"} | package, "sender": None}


@pytest.mark.parametrize(
    "container", [None, {"tag": {"name": ""}}, {"tag": None}], ids=["none", "empty", "null"]
)
def test_a_push_to_github_without_a_tag(container: Any) -> None:
    told = change("ghcr", sent(github(container_metadata=container), GITHUB))
    assert (told.repository, told.tag, told.digest) == ("acme/web", None, DIGEST)
    assert told.host == "ghcr.io"


def test_the_digest_is_that_of_the_manifest_where_the_version_is_none() -> None:
    container = {"tag": {"name": "v1"}, "manifest": {"digest": OTHER}}
    told = change("ghcr", sent(github(version="v1", container_metadata=container), GITHUB))
    assert (told.tag, told.digest) == ("v1", OTHER)


def test_without_an_owner_it_is_the_namespace() -> None:
    told = change("ghcr", sent(github({"owner": None, "namespace": "Team"}), GITHUB))
    assert told.repository == "team/web"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (github({"package_type": "npm"}), GITHUB),
        (github() | {"action": "archived"}, GITHUB),
        ({"ref": "main"}, {"x-github-event": "push"}),
        ({"zen": "Design for failure."}, {}),
    ],
    ids=["another-type", "another-action", "another-event", "ping-without-its-header"],
)
def test_what_github_sends_beside_pushes_is_ignored(body: Any, headers: Any) -> None:
    (told,) = found("ghcr", sent(body, headers))
    assert isinstance(told, Ignored)


@pytest.mark.parametrize(
    "body",
    [github({"package_version": None}), github({"name": None}), {"action": "published"}],
    ids=["no-version", "no-name", "no-package"],
)
def test_a_push_to_github_that_cannot_be_read_is_said_to_be_so(body: Any) -> None:
    with pytest.raises(UnreadableRequestError):
        found("ghcr", sent(body, GITHUB))


@pytest.mark.parametrize(
    ("registry", "body", "headers"),
    [("ghcr", github(), GITHUB), ("gitea", gitea(), GITEA), ("forgejo", gitea(), GITEA)],
    ids=["ghcr", "gitea", "forgejo"],
)
def test_a_form_and_a_missing_header(registry: str, body: Any, headers: Any) -> None:
    form = urlencode({"payload": json.dumps(body)}).encode()
    whole = change(registry, sent(body, headers))
    assert whole.id_from is Known.HEADER
    assert change(registry, sent(form, headers)) == whole
    without = change(registry, sent(body))
    assert (without.event_id, without.id_from) == (None, Known.RECEIVED)


@pytest.mark.parametrize(
    ("action", "version", "kind"),
    [
        ("created", "1.0", Kind.MANIFEST),
        ("deleted", "1.0", Kind.TAG),
        ("deleted", DIGEST, Kind.MANIFEST),
    ],
    ids=["push", "delete-tag", "delete-manifest"],
)
def test_what_changed_in_gitea(action: str, version: str, kind: Kind) -> None:
    told = change("gitea", sent(gitea(action, version=version), GITEA))
    assert told.kind is kind
    assert told.occurred_at == (MADE if action == "created" else None)


def test_forgejo_reads_its_own_headers_first() -> None:
    headers = GITEA | {"x-forgejo-event": "package", "x-forgejo-delivery": "d-3"}
    assert change("forgejo", sent(gitea(), headers)).event_id == "d-3"


def test_a_time_that_was_never_set_is_none() -> None:
    told = change("gitea", sent(gitea(created_at="0001-01-01T00:00:00Z"), GITEA))
    assert told.time_from is Known.RECEIVED


@pytest.mark.parametrize("body", [gitea("updated"), gitea(type="npm")], ids=["action", "type"])
def test_what_gitea_sends_beside_changes_is_ignored(body: Any) -> None:
    (told,) = found("gitea", sent(body, GITEA))
    assert isinstance(told, Ignored)
    (other,) = found("gitea", sent({"ref": "main"}, {"x-gitea-event": "push"}))
    assert other == Ignored("not the event package")


@pytest.mark.parametrize("field", ["type", "name", "version", "owner"])
def test_a_package_of_gitea_without_what_decides_is_unreadable(field: str) -> None:
    with pytest.raises(UnreadableRequestError):
        found("gitea", sent(gitea("created", **{field: None}), GITEA))
