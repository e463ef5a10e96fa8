import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.event import Event
from shared.invalid_event import InvalidEventError
from tests.factories import make_event


def parse(**changes: Any) -> Event:
    return Event.parse(json.dumps({**make_event(), **changes}))


def test_unknown_fields_are_passed_over_and_an_absent_text_is_no_empty_one() -> None:
    event = parse(target={"references": [1], "repository": "a", "digest": ""}, meta={"x": 1})
    assert (event.tag, event.digest, event.media_type) == (None, "", None)


@pytest.mark.parametrize(
    ("source", "node"),
    [
        ({"addr": "registry-1:5000", "instanceID": "i-1"}, "registry-1:5000"),
        ({"addr": "", "instanceID": "i-1"}, "i-1"),
        ({"instanceID": "i-1"}, "i-1"),
        (None, ""),
    ],
    ids=["address", "empty-address", "instance", "nobody"],
)
def test_a_node_is_told_by_its_address_or_its_instance(source: object, node: str) -> None:
    assert parse(source=source).node == node


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-11-23T23:52:37.083603153Z", datetime(2026, 11, 23, 23, 52, 37, 83603, UTC)),
        ("2026-11-23T23:52:37.5+02:30", datetime(2026, 11, 23, 21, 22, 37, 500000, UTC)),
        ("2026-11-23T23:52:37-11:00", datetime(2026, 11, 24, 10, 52, 37, 0, UTC)),
        ("2026-11-23t23:52:37z", datetime(2026, 11, 23, 23, 52, 37, 0, UTC)),
    ],
)
def test_timestamps_with_nanoseconds_and_any_offset_are_read(
    timestamp: str, expected: datetime
) -> None:
    assert parse(timestamp=timestamp).timestamp == expected


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "yesterday",
        "2026-11-23T23:52:37",
        "2026-11-23T23:59:60Z",
        5,
        None,
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999Z",
    ],
)
def test_an_unreadable_timestamp_is_invalid(timestamp: object) -> None:
    with pytest.raises(InvalidEventError, match="timestamp"):
        parse(timestamp=timestamp)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"id": ""}, "id: is empty"),
        ({"id": 5}, "^id: is a number, not a text: 5$"),
        ({"id": None}, "^id: is null, not a text$"),
        ({"id": "x" * 254 + "\x1b" * 2}, '^id: is longer than 255 characters: "x{80}"…$'),
        ({"id": "x" * 256}, "id: is longer than 255"),
        ({"id": "Bearer " + "x" * 300}, r'^id: is longer .* "Bearer \*{4}"$'),
        ({"action": f"https://{'x' * 99}@host"}, r'longer .*: "https://\*{4}@host"$'),
        ({"id": "a\x00"}, r'^id: contains NUL: "a\\u0000"$'),
        ({"action": ""}, "action: is empty"),
        ({"action": "x" * 61}, "action: is longer"),
        ({"target": None}, "^target: is null, not an object$"),
        ({"target": {}}, "target.repository: is missing"),
        ({"target": {"repository": ""}}, "target.repository: is missing"),
        ({"target": {"repository": 5}}, "target.repository: is a number, not a text: 5"),
        ({"target": {"repository": "a/" + "b" * 254}}, "not a repository path"),
        ({"target": {"repository": "Upper/case"}}, "not a repository path"),
        ({"target": {"repository": "a/b\n"}}, r'is not a repository path: "a/b\\n"'),
        ({"target": {"repository": "a/b", "tag": 5}}, "target.tag: "),
        ({"target": {"repository": "a/b", "tag": "t" * 129}}, "target.tag: is longer than 128"),
        ({"target": {"repository": "a", "tag": "\ud800"}}, r'tag: contains a lone surrogate: "'),
        ({"target": {"repository": "a/b", "digest": "\x00"}}, r"target.digest: contains NUL"),
        ({"actor": {"name": 5}}, "^actor.name: is a number, not a text$"),
        ({"actor": "alice"}, "^actor: is a text, not an object$"),
        ({"target": "alice"}, "^target: is a text, not an object$"),
        ({"request": {"useragent": ["x"]}}, "^request.useragent: is a list, not a text$"),
        ({"target": {"repository": "a", "tag": True}}, "tag: is a boolean, not a text: true"),
        ({"timestamp": "today"}, '^timestamp: is no RFC 3339 time: "today"$'),
        ({"timestamp": "2026-11-24T00:00:00"}, "^timestamp: has no offset from UTC: "),
        ({"\udcff": 1}, "^event: .* as a unicode string$"),
        ({"id": 1, "action": 2}, "^id: is a number, .*: 1; action: is a number, .*: 2$"),
    ],
)
def test_an_invalid_event_says_where(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidEventError, match=where):
        parse(**changes)


@pytest.mark.parametrize(
    "path",
    [
        "alpine",
        "some/path/my/image",
        "my/repository__name",
        "my/awesome/image--test",
        "a.b/c_d/e-f",
        "/".join("abcdefghijklmnopqrs"),
        "a/" + "b" * 253,
    ],
)
def test_a_repository_path_of_the_reference_grammar_is_valid(path: str) -> None:
    assert parse(target={"repository": path}).repository == path


@pytest.mark.parametrize(
    "path", ["some\\path", "a/-b", "a/b-", "a/b.", "a/.b", "a//b", "/a", "a/", "a/b._c", "a b", "é"]
)
def test_a_repository_path_outside_the_reference_grammar_is_invalid(path: str) -> None:
    with pytest.raises(InvalidEventError, match=r"target\.repository"):
        parse(target={"repository": path})


def test_texts_that_only_inform_may_hold_anything() -> None:
    event = parse(actor={"name": "a\x00\ud800"}, request=None, source={"addr": "\x1b[31m"})
    assert (event.actor, event.node) == (r"a\x00\ud800", "\x1b[31m")


def rename(source: object, to: object, repository: str = "a/b") -> Event:
    target = {"repository": repository, "rename": {"type": "name", "from": source, "to": to}}
    return parse(action="rename", target=target)


def test_a_rename_says_from_where_to_where() -> None:
    event = rename("a/b", "a/c")
    assert (event.supported, event.repository, event.renamed_to) == (True, "a/b", "a/c")


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"rename": None},
        {"rename": {}},
        {"rename": {"from": "a"}},
        {"rename": {"from": "a", "to": None}, "repository": "A"},
    ],
    ids=json.dumps,
)
def test_an_unsupported_action_needs_no_repository(target: dict[str, Any]) -> None:
    assert not parse(action="rename", target=target).supported


def test_only_a_rename_renames() -> None:
    target = {"repository": "a/b", "rename": {"from": "a/b", "to": "a/c"}}
    assert parse(action="push", target=target).renamed_to == ""


@pytest.mark.parametrize(
    ("source", "to", "where"),
    [
        (5, "a/c", r"^target\.rename\.from: is a number, not a text: 5$"),
        ("a/b", ["a/c"], r"^target\.rename\.to: is a list, not a text$"),
        ("a/b", "", r"^target\.rename\.to: is missing$"),
        ("a/b", "A/c", r'^target\.rename\.to: is not a repository path: "A/c"$'),
        ("a/b", "a/" + "c" * 254, r"target\.rename\.to: is not a repository path"),
        ("a/b", "a/\x00", r"target\.rename\.to: contains NUL"),
        ("a/b", "a/b", r"^target\.rename\.to: is where it was before"),
        ("a//b", "a/c", r"^target\.rename\.from: is not a repository path"),
        ("a", "a/c", r'^target\.rename\.from: is not target\.repository: "a"$'),
    ],
    ids=[
        "a-number", "a-list", "empty", "capitals", "long", "nul", "to-itself", "no-path", "another",
    ],
)  # fmt: skip
def test_an_unusable_rename_is_invalid(source: object, to: object, where: str) -> None:
    with pytest.raises(InvalidEventError, match=where):
        rename(source, to)


def test_a_rename_that_is_no_object_is_invalid() -> None:
    with pytest.raises(InvalidEventError, match=r"target\.rename: is a text, not an object$"):
        parse(action="rename", target={"repository": "a", "rename": "b"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "event: is a list, not an object"),
        ("null", "event: is null, not an object"),
        ("", "is not JSON: it breaks at character 0"),
        ('{"a": 1e400}', "out of range"),
        ('{"a": NaN}', "is not JSON: NaN"),
        ('{"a": 1, "a": 2}', "a key stands twice in one object: a"),
        ('{"token s3cret": 1, "token s3cret": 2}', r"in one object: token \*{4}$"),
        ('{"a": "\x01"}', "is not JSON: it breaks at character 7"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "a number has thousands of digits"),
    ],
)
def test_what_is_not_plain_json_is_invalid(text: str, why: str) -> None:
    with pytest.raises(InvalidEventError, match=why):
        Event.parse(text)
