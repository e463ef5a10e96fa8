"""The OpenAPI document describes what the service has, in schemas that are some."""

import json
import re
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from geo import documents
from geo.serving.app import new_app
from geo.serving.log_end import LogEnd
from shared.configuration import load
from tests.described import DOCUMENT, operations, schema_faults

SCHEMAS = DOCUMENT["components"]["schemas"]
PENDING = {"source": "default", "repository": "team/app", "change_id": 7, "attempts": 0}
# One that may be sent, and what may not stand in it.
ASKED: dict[type, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    documents.Pending: (
        PENDING,
        {
            "source": ["", "A", "a" * 41, 1, None],
            "repository": ["", "a" * 256, 1],
            "change_id": [-1, 2**63, 1.5, "7"],
            "attempts": [-1, 2**31],
        },
    ),
    documents.Move: (
        {"from": 0, "to": 7, "pending": [PENDING]},
        {"from": [-1, 2**63, None], "to": [-1, 2**63], "pending": [[PENDING] * 2001, {}, None]},
    ),
    documents.Restart: ({"cursor": 0, "source": "default"}, {"cursor": [-1], "source": ["A b"]}),
    documents.Lead: (
        {"follower": "a1", "lease": 0},
        {"follower": ["", "a b", "a" * 65, None], "lease": [-1, 3601]},
    ),
    documents.Stuck: ({"why": "x"}, {"why": ["", "x" * 1001, 1]}),
    documents.Claim: ({"limit": 1, "lease": 0.5}, {"limit": [0, 1001], "lease": [0, 3601, "1"]}),
    documents.Renewal: ({"pending": [PENDING], "lease": 30}, {"pending": [None], "lease": [0]}),
    documents.Failure: (
        {"pending": PENDING, "cause": "x", "again": 0},
        {"pending": [None], "cause": ["", "x" * 1001], "again": [-1, 31 * 86_400 + 1]},
    ),
}
EACH = pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)


def is_taken(kind: type, value: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def is_described(kind: type, value: object) -> bool:
    return not schema_faults(SCHEMAS[kind.__name__], value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_reference_leads_somewhere() -> None:
    referred = set(re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(DOCUMENT)))
    assert referred
    assert [one for one in referred if one[1] not in DOCUMENT["components"][one[0]]] == []


def test_every_route_is_described_and_no_other() -> None:
    # Nothing is asked of the database before a request comes.
    pool: Any = None
    router = new_app(load(), pool, LogEnd(pool)).router
    routes = {(one.method, one.resource.canonical) for one in router.routes() if one.resource}
    routes = {one for one in routes if one[0] != "HEAD" and one[1].startswith("/geo/")}
    assert routes == {(method, path) for method, path, _ in operations()}


def test_every_operation_says_what_may_go_wrong() -> None:
    for method, path, operation in operations():
        if operation.get("security") == []:
            continue
        assert {"401", "500", "503"} <= set(operation["responses"]), (method, path)
        if "requestBody" in operation:
            assert {"400", "408", "413"} <= set(operation["responses"]), (method, path)


@EACH
def test_what_may_be_sent_is_described(kind: type) -> None:
    sent = ASKED[kind][0]
    assert set(SCHEMAS[kind.__name__]["properties"]) == set(sent)
    assert is_taken(kind, sent)
    assert is_described(kind, sent)


@EACH
def test_what_is_not_taken_is_not_described(kind: type) -> None:
    sent, wrong = ASKED[kind]
    unknown = {**sent, "unknown": 1}
    changed = [{**sent, name: value} for name, values in wrong.items() for value in values]
    without = [
        {key: value for key, value in sent.items() if key != name}
        for name in SCHEMAS[kind.__name__]["required"]
    ]
    for one in [unknown, *changed, *without]:
        assert not is_taken(kind, one), one
        assert not is_described(kind, one), one


def test_the_query_has_the_bounds_that_are_described() -> None:
    (operation,) = [one for _, path, one in operations() if path == "/geo/events"]
    schema = {
        "properties": {one["name"]: one["schema"] for one in operation["parameters"]},
        "required": [one["name"] for one in operation["parameters"] if one["required"]],
    }
    right: dict[str, float] = {"after": 0, "limit": 1000, "wait": 50}
    wrong: list[dict[str, float]] = [
        {"after": -1},
        {"after": 2**63},
        {"limit": 0},
        {"limit": 1001},
        {"wait": 50.5},
    ]
    for one, expected in [(right, True), *(({**right, **change}, False) for change in wrong)]:
        assert is_taken(documents.Asked, one) is expected, one
        assert bool(schema_faults(schema, one)) is not expected, one
