"""Artifactory's names are in the path of a file; two options say what belongs to them."""

from typing import Any

import pytest

from ingest.registries.adapter import Ignored, Kind, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

HEX = "0" * 64
DIGEST = f"sha256:{HEX}"
DATA = {
    "repo_key": "local",
    "path": "team/shop/api/1.2.9/manifest.json",
    "sha256": HEX,
    "image_name": "api",
    "tag": "1.2.9",
}
BODY = {"domain": "docker", "event_type": "pushed", "data": DATA}


def body(event: str = "pushed", **data: Any) -> dict[str, Any]:
    return BODY | {"event_type": event, "data": DATA | data}


@pytest.mark.parametrize(
    ("options", "repository"),
    [
        ({}, "local/team/shop/api"),
        ({"repository-key": "leave-out"}, "team/shop/api"),
    ],
    ids=["default", "leave-out"],
)
def test_the_key_is_part_of_the_name_unless_left_out(
    options: dict[str, str], repository: str
) -> None:
    assert change("artifactory", sent(BODY, options=options)).repository == repository


def test_what_a_cache_fetched_is_ignored_unless_taken() -> None:
    cached = body(repo_key="remote-cache")
    assert found("artifactory", sent(cached)) == [Ignored("the cache of a remote repository")]
    taken = sent(cached, options={"remote-cache": "take"})
    assert change("artifactory", taken).repository == "remote-cache/team/shop/api"


def test_a_tag_is_deleted_alone() -> None:
    one = change("artifactory", sent(body("deleted")))
    assert (one.action, one.kind, one.tag, one.digest) == ("delete", Kind.TAG, "1.2.9", DIGEST)


@pytest.mark.parametrize("mark", ["sha256:", "sha256__"])
@pytest.mark.parametrize("event", ["pushed", "deleted"])
def test_a_folder_of_a_digest_is_no_tag(mark: str, event: str) -> None:
    path = f"api/{mark}{HEX}/manifest.json"
    one = change("artifactory", sent(body(event, path=path, tag=f"{mark}{HEX}", sha256=None)))
    assert (one.kind, one.tag, one.digest) == (Kind.MANIFEST, None, DIGEST)
    assert one.repository == "local/api"


def test_the_tag_may_be_in_the_path_only() -> None:
    assert change("artifactory", sent(body(tag=None))).tag == "1.2.9"


@pytest.mark.parametrize(
    "data",
    [
        {"path": "api/manifest.json", "tag": None},
        {"path": "manifest.json", "tag": None},
        {"path": "team/api/1.2.9"},
        {"path": ""},
        {"repo_key": ""},
        {"sha256": "sample_checksum"},
    ],
    ids=["no-tag", "file", "folder", "empty", "no-key", "no-digest"],
)
def test_what_is_no_path_of_a_manifest_is_unreadable(data: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRequestError):
        found("artifactory", sent(body(**data)))


def test_promotions_are_ignored() -> None:
    request = sent(BODY | {"event_type": "promoted", "data": "anything"})
    assert found("artifactory", request) == [Ignored("event_type is neither pushed nor deleted")]


@pytest.mark.parametrize("missing", ["domain", "event_type", "data"])
def test_half_a_body_is_unreadable(missing: str) -> None:
    with pytest.raises(UnreadableRequestError):
        found("artifactory", sent({name: of for name, of in BODY.items() if name != missing}))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://artifacts.example:8443/artifactory", "artifacts.example:8443"),
        ("https://user:secret@artifacts.example", "artifacts.example"),
        ("http://[", None),
        ("artifacts", None),
        (None, None),
    ],
    ids=["port", "credentials", "broken", "no-url", "missing"],
)
def test_the_host_is_of_the_origin(origin: str | None, host: str | None) -> None:
    assert change("artifactory", sent(BODY | {"jpd_origin": origin})).host == host
