"""What zot says, in the modes of CloudEvents that it or a relay may use."""

import json
from base64 import b64encode
from typing import Any

import pytest

from ingest.registries.adapter import Change, Kind, Known, Unreadable, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = f"sha256:{'a' * 64}"
DATA = {"name": "tools/lint", "reference": "v3", "digest": DIGEST, "mediaType": "m"}


def event(name: str = "zotregistry.image.updated", **more: Any) -> dict[str, Any]:
    told = {"id": "7", "source": "zotregistry.dev", "type": name, "data": DATA}
    return {"specversion": "1.0", "time": "2026-03-04T10:00:01Z"} | told | more


HEADERS = {"ce-id": "7", "ce-type": "zotregistry.image.updated", "ce-time": "2026-03-04T10:00:01Z"}
ENCODED = b64encode(json.dumps(DATA).encode()).decode()


@pytest.mark.parametrize(
    "request_",
    [
        sent(DATA, HEADERS),
        sent([event()]),
        sent(event(data=json.dumps(DATA))),
        sent(event(data=None, data_base64=ENCODED)),
        sent(event("example.zot.image.updated")),
    ],
    ids=["binary", "batch", "data-as-text", "data-as-base64", "another-prefix"],
)
def test_every_mode_gives_the_same(request_: Any) -> None:
    assert change("zot", request_) == change("zot", sent(event()))


def test_a_delete_by_tag_leaves_the_manifest() -> None:
    told = change("zot", sent(event("zotregistry.image.deleted")))
    assert (told.kind, told.tag, told.digest) == (Kind.TAG, "v3", DIGEST)


def test_a_broken_event_of_a_batch_does_not_lose_the_others() -> None:
    told = found("zot", sent([event(data={"name": 7}), event()]))
    assert [type(one) for one in told] == [Unreadable, Change]


def test_what_is_missing_is_that_of_the_receipt() -> None:
    told = change("zot", sent(event(id=None, time=None)))
    assert (told.id_from, told.time_from) == (Known.RECEIVED, Known.RECEIVED)


@pytest.mark.parametrize(
    "more",
    [{"type": None}, {"data": None}, {"data": {"name": "a"}}, {"data": {"reference": "v3"}}],
    ids=["no-type", "no-data", "no-reference", "no-name"],
)
def test_a_change_that_cannot_be_read_is_said_to_be_so(more: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRequestError):
        found("zot", sent(event(**more)))


def test_base64_that_is_none_is_unreadable() -> None:
    with pytest.raises(UnreadableRequestError, match="base64"):
        found("zot", sent(event(data=None, data_base64="?")))
