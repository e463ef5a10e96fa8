"""Alibaba's time has no zone: it tells pushes apart, and is not told."""

from typing import Any

import pytest

from ingest.registries.adapter import Change, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = "sha256:" + "0" * 64
PUSH = {"digest": DIGEST, "pushed_at": "2026-03-04 16:55:30", "tag": "latest"}
REPOSITORY = {"repo_full_name": "acme/app", "namespace": "acme", "name": "app"}


def push(**changes: Any) -> Change:
    return change("aliyun-acr", sent({"push_data": PUSH | changes, "repository": REPOSITORY}))


def test_the_time_tells_pushes_apart_and_is_not_told() -> None:
    one, later = push(), push(pushed_at="2026-03-04 16:55:31")
    assert one.event_id != later.event_id
    assert (one.occurred_at, one.time_from, one.id_from) == (None, Known.RECEIVED, Known.DERIVED)


def test_without_it_no_later_push_is_taken_for_it() -> None:
    one = push(pushed_at=None)
    assert (one.event_id, one.id_from) == (None, Known.RECEIVED)


def test_a_digest_is_no_tag() -> None:
    assert push(tag=DIGEST).tag is None


def test_a_tag_or_a_digest_is_enough() -> None:
    assert push(tag=None).digest == DIGEST
    assert (push(digest="").tag, push(digest="").digest) == ("latest", None)
    with pytest.raises(UnreadableRequestError, match="no tag and no digest"):
        push(tag=None, digest="")


def test_the_name_may_be_in_its_parts_only() -> None:
    body = {"push_data": PUSH, "repository": {"namespace": "acme", "name": "app"}}
    assert change("aliyun-acr", sent(body)).repository == "acme/app"
    with pytest.raises(UnreadableRequestError, match="repository"):
        found("aliyun-acr", sent(body | {"repository": {"name": "app"}}))
