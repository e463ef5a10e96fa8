"""Whatever a registry's route is sent: events, what is ignored, or one that cannot be read."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.registries import REGISTRIES
from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Known,
    Sent,
    Unreadable,
    UnreadableRequestError,
)
from tests.bodies import ANY_TEXT, ANY_VALUE, any_json

DATA = Path(__file__).parents[3] / "data" / "registries"
REQUESTS = [
    (path.parent.name, json.loads(path.read_text())["request"])
    for path in sorted(DATA.glob("*/*.json"))
]
# Never to be found in a reason, which is a sentence of ours.
FOREIGN = "words-of-the-sender"
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1e300, 10**30),
    *("", FOREIGN, "sha256:", [], {}, [None]),
]
VALUES = st.sampled_from(ODD) | ANY_VALUE
NAMES = sorted({name.lower() for _, request in REQUESTS for name in request["headers"]})
HEADERS = st.dictionaries(st.sampled_from(NAMES) | ANY_TEXT, st.just(FOREIGN) | ANY_TEXT)

every_registry = pytest.mark.parametrize("name", sorted(REGISTRIES))
many = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in members:
        yield (*at, key)
        yield from places(inner, (*at, key))


def changed(draw: st.DrawFn, value: Any) -> Any:
    """With a value inside it replaced, removed, or, in a list, there twice."""
    value = copy.deepcopy(value)
    *path, key = draw(st.sampled_from(list(places(value)) or [(None,)]))
    if key is None:
        return value
    inside = value
    for step in path:
        inside = inside[step]
    how = draw(st.sampled_from(["replace", "replace", "remove", "double"]))
    if how == "replace":
        inside[key] = draw(VALUES)
    elif how == "remove":
        del inside[key]
    elif isinstance(inside, list):
        inside.insert(key, inside[key])
    else:
        inside[key] = [inside[key], inside[key]]
    return value


@st.composite
def requests(draw: st.DrawFn, registry: str) -> Sent:
    """A sample of the registry, changed at up to three places; its headers too."""
    of = [request for name, request in REQUESTS if name == registry]
    request = draw(st.sampled_from(of))
    value: Any = json.loads(request["body"]) if request["body"].strip()[:1] in "{[" else {}
    for _ in range(draw(st.integers(0, 3))):
        value = changed(draw, value)
    if draw(st.booleans()):
        value = [value, draw(VALUES)]
    headers = {name.lower(): text for name, text in request["headers"].items()}
    for name in draw(st.lists(st.sampled_from(sorted(headers)), max_size=2)):
        headers.pop(name, None)
    headers |= draw(st.just({}) | HEADERS)
    return Sent(headers, json.dumps(value).encode())


def found(name: str, sent: Sent) -> list[Found]:
    try:
        return list(REGISTRIES[name].read(sent))
    except UnreadableRequestError as error:
        return [Unreadable(str(error))]


def check_change(change: Change) -> None:
    assert change.action
    assert change.repository
    assert isinstance(change.kind, Kind)
    assert change.tag is None or (change.tag and not change.tag.startswith("sha256:"))
    assert (change.event_id is None) == (change.id_from is Known.RECEIVED)
    assert (change.occurred_at is None) == (change.time_from is Known.RECEIVED)
    assert change.event_id != ""
    assert change.occurred_at != ""


def check(name: str, sent: Sent) -> None:
    every = found(name, sent)
    assert every, "a request of which nothing is said is lost"
    assert every == found(name, sent), "the same request is read in the same way"
    for one in every:
        if isinstance(one, Change):
            check_change(one)
        else:
            assert one.reason
            assert one.reason.isprintable()
        if isinstance(one, Ignored):
            assert FOREIGN not in one.reason
    json.dumps(REGISTRIES[name].answer(sent))


@every_registry
@given(headers=HEADERS, body=st.binary() | any_json)
@many
def test_any_body_with_any_headers(name: str, headers: dict[str, str], body: bytes) -> None:
    check(name, Sent(headers, body))


@every_registry
@given(data=st.data())
@many
def test_a_sample_that_somebody_changed(name: str, data: st.DataObject) -> None:
    check(name, data.draw(requests(name)))


@every_registry
@given(data=st.data())
@many
def test_a_registry_that_is_sent_what_another_one_sends(name: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(sorted({other for other, _ in REQUESTS})))
    check(name, data.draw(requests(other)))
