"""Artifact Registry names whole images; Pub/Sub wraps that, or puts it into headers."""

import base64
import json
from typing import Any

import pytest

from ingest.registries.adapter import Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

IMAGE = "europe-west1-docker.pkg.dev/acme/images/team/api"
DIGEST = "sha256:" + "0" * 64
BY_DIGEST, BY_TAG = f"{IMAGE}@{DIGEST}", f"{IMAGE}:1.1"
TIME = "2026-03-04T19:13:55.749Z"


def wrapped(data: Any, **message: Any) -> Any:
    coded = base64.b64encode(json.dumps(data).encode()).decode()
    return sent({"message": {"data": coded, **message}, "subscription": "s"})


@pytest.mark.parametrize(
    "message",
    [{"messageId": "7", "publishTime": TIME}, {"message_id": "7", "publish_time": TIME}],
    ids=["camel", "snake"],
)
def test_either_spelling_has_id_and_time(message: dict[str, str]) -> None:
    one = change("gar", wrapped({"action": "INSERT", "digest": BY_DIGEST}, **message))
    assert (one.event_id, one.id_from) == ("gar:7", Known.NATIVE)
    assert (one.occurred_at, one.time_from) == (TIME, Known.NATIVE)


def test_unwrapped_they_are_headers() -> None:
    data = {"action": "INSERT", "digest": BY_DIGEST, "tag": BY_TAG}
    headers = {"x-goog-pubsub-message-id": "7", "x-goog-pubsub-publish-time": TIME}
    one = change("gar", sent(data, headers))
    assert (one.event_id, one.id_from) == ("gar:7", Known.HEADER)
    assert (one.occurred_at, one.time_from) == (TIME, Known.HEADER)
    assert (one.repository, one.tag, one.digest) == ("acme/images/team/api", "1.1", DIGEST)


def test_without_metadata_they_are_of_the_receipt() -> None:
    one = change("gar", sent({"action": "INSERT", "digest": BY_DIGEST}))
    assert (one.event_id, one.id_from, one.time_from) == (None, Known.RECEIVED, Known.RECEIVED)


@pytest.mark.parametrize(
    ("named", "kind", "tag", "digest"),
    [
        ({"tag": BY_TAG}, Kind.TAG, "1.1", None),
        ({"digest": BY_DIGEST}, Kind.MANIFEST, None, DIGEST),
        ({"tag": BY_TAG, "digest": BY_DIGEST}, Kind.TAG, "1.1", DIGEST),
    ],
    ids=["tag", "digest", "both"],
)
def test_a_delete_is_of_what_it_names(
    named: dict[str, str], kind: Kind, tag: str | None, digest: str | None
) -> None:
    one = change("gar", wrapped({"action": "DELETE", **named}))
    assert (one.action, one.kind, one.tag, one.digest) == ("delete", kind, tag, digest)


def test_a_port_is_no_tag() -> None:
    one = change("gar", wrapped({"action": "INSERT", "tag": "localhost:5000/acme/api:1.1"}))
    assert (one.host, one.repository, one.tag) == ("localhost:5000", "acme/api", "1.1")


@pytest.mark.parametrize(
    "data",
    [
        {"action": "INSERT"},
        {"digest": BY_DIGEST},
        {"action": "INSERT", "digest": IMAGE},
        {"action": "INSERT", "tag": IMAGE},
        {"action": "INSERT", "tag": f"{IMAGE}:"},
        {"action": "INSERT", "tag": "api:1.1"},
        {"action": "INSERT", "tag": "localhost:5000/api"},
        {"action": "INSERT", "tag": "/acme/api:1.1"},
        {"action": "INSERT", "tag": BY_TAG, "digest": f"other.example/api@{DIGEST}"},
    ],
    ids=[
        "no-image",
        "no-action",
        "no-digest",
        "no-tag",
        "empty-tag",
        "no-host",
        "port-alone",
        "empty-host",
        "two-images",
    ],
)
def test_without_an_image_it_is_unreadable(data: dict[str, str]) -> None:
    with pytest.raises(UnreadableRequestError):
        found("gar", wrapped(data))


@pytest.mark.parametrize("data", [None, "", "%%%", "ZZZ"], ids=["null", "empty", "other", "cut"])
def test_without_data_it_is_unreadable(data: str | None) -> None:
    with pytest.raises(UnreadableRequestError):
        found("gar", sent({"message": {"data": data, "messageId": "7"}}))


def test_another_action_is_ignored() -> None:
    request = wrapped({"action": "UPDATE", "digest": BY_DIGEST})
    assert found("gar", request) == [Ignored("action is neither INSERT nor DELETE")]
