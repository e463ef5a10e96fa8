"""What a batch of pulls adds to the counters."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.event import Event
from shared.origin import DEFAULT
from tests.factories import LAYER, make_event
from worker.pulls.count import Count, fold
from worker.pulls.counted_pulls import pull_id

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
KINDS = ("manifest_gets", "manifest_heads", "blob_gets", "blob_heads")


def pull(repository: str = "team/app", method: str = "GET", **changes: Any) -> Event:
    given = {"timestamp": NOW.isoformat(), "request": {"method": method}, **changes}
    return Event.parse(json.dumps(make_event("pull", repository, **given)))


def kinds(count: Count) -> dict[str, int]:
    return {kind: getattr(count, kind) for kind in KINDS if getattr(count, kind)}


@pytest.mark.parametrize(
    ("target", "method", "kind"),
    [
        pytest.param({}, "GET", "manifest_gets", id="a manifest"),
        pytest.param({}, "HEAD", "manifest_heads", id="a manifest's head"),
        pytest.param({"tag": "v1", "mediaType": ""}, "HEAD", "manifest_heads", id="a tag's head"),
        pytest.param({"mediaType": LAYER}, "GET", "blob_gets", id="a layer"),
        pytest.param({"mediaType": LAYER}, "HEAD", "blob_heads", id="a layer's head"),
    ],
)
def test_heads_and_blobs_are_counted_apart(target: dict[str, str], method: str, kind: str) -> None:
    (count,) = fold([pull(method=method, target=target)], NOW)
    assert kinds(count) == {kind: 1}


def test_a_day_is_that_of_the_event_in_utc() -> None:
    late = pull(timestamp="2026-11-27T01:30:00+03:00")
    (count,) = fold([late], NOW)
    assert count.day == date(2026, 11, 26)
    assert count.last_pulled_at == datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize("absurd", ["0100-01-01T00:00:00Z", "2031-01-01T00:00:00Z"])
def test_by_an_absurd_clock_it_is_the_day_of_the_receipt(absurd: str) -> None:
    (count,) = fold([pull(timestamp=absurd)], NOW)
    assert (count.day, count.last_pulled_at) == (NOW.date(), NOW)


def test_sources_tags_and_repositories_are_apart_in_order() -> None:
    other = replace(pull("a/b"), origin=replace(DEFAULT, source="harbor"))
    counts = fold([other, pull("a/c"), pull("a/b", target={"tag": "v1"}), pull("a/b")], NOW)
    assert [(one.source, one.repository, one.tag) for one in counts] == [
        ("default", "a/b", ""),
        ("default", "a/b", "v1"),
        ("default", "a/c", ""),
        ("harbor", "a/b", ""),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a/b", "a/c"]),
            st.sampled_from(["GET", "HEAD"]),
            st.sampled_from(["", "v1", "v2"]),
            st.integers(0, 3 * 86_400),
        )
    )
)
def test_no_pull_is_lost_or_added(given: list[tuple[str, str, str, int]]) -> None:
    pulls = [
        pull(
            path,
            method,
            target={"tag": tag},
            timestamp=datetime.fromtimestamp(NOW.timestamp() - ago, UTC).isoformat(),
        )
        for path, method, tag, ago in given
    ]
    counts = fold(pulls, NOW)
    assert sum(sum(kinds(count).values()) for count in counts) == len(pulls)
    assert max((one.last_pulled_at for one in counts), default=None) == max(
        (one.timestamp for one in pulls), default=None
    )


def test_derived_ids_are_apart_by_their_source_and_native_ones_are_not() -> None:
    one = pull()
    named = [replace(DEFAULT, source=source, id_from="derived") for source in ("a", "b")]
    derived = {pull_id(replace(one, origin=origin)) for origin in named}
    native = {pull_id(replace(one, origin=replace(DEFAULT, source=name))) for name in ("a", "b")}
    assert (len(derived), len(native)) == (2, 1)
