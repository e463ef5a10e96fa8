import json
import re
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.letter.cause import cause, normalised
from console.dead_letters.letter.dead_letter import DeadLetter
from ingest.translation import Body, Notification, translate
from shared.amqp.dead_letter import Reason, Story
from tests.factories import make_envelope, make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no row for team/poison", "no row for *"),
        ("no row for 'a b' and \"c 1\"", "no row for * and *"),
        ('violates constraint "repositories_fk"', 'violates constraint "repositories_fk"'),
        (
            'relation "events" violates constraint "repositories_fk" for "a b"',
            'relation "events" violates constraint "repositories_fk" for *',
        ),
        ("id 320678d8-ca14-430f-8bb6-4ca139cd83f7 is there", "id * is there"),
        ("digest sha256:9f3cab129f3cab12 is unknown", "digest * is unknown"),
        ("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace *"),
        ("timeout after 30 s", "timeout after * s"),
        ("it can't and won't", "it can't and won't"),
        ("deadbeef", "deadbeef"),
        ("target.repository: is missing", "target.repository: is missing"),
        ("offset -5 of 1.5e300", "offset * of *"),
        ("Key (name)=(a (b) c) already exists.", "Key (name)=* already exists."),
        ("Failing row contains (1, a, null, ), b).", "Failing row contains *"),
        (f"argument $1: '{'it'}{'x' * 37}... (expected 'a')", "argument $*: * (expected *)"),
        ("it has '\\'a\\' b' and 'c'", "it has * and *"),
    ],
)
def test_details_are_left_out(message: str, expected: str) -> None:
    assert normalised(message) == expected


def test_one_cause_whatever_the_details() -> None:
    one = cause(make_dead_letter(error="no row for team/a, try 1"))
    other = cause(make_dead_letter(error="no row for team/b, try 22"))
    assert one == other
    assert one.error == "RaiseError: no row for * try *"


@pytest.mark.parametrize(
    "change",
    [{"reason": Reason.INVALID_EVENT}, {"error_type": "OtherError"}, {"error": "no column"}],
)
def test_another_cause(change: dict[str, Any]) -> None:
    assert cause(make_dead_letter(**change)).group != cause(make_dead_letter()).group


def test_credentials_are_left_out_of_what_is_shown_not_of_the_group() -> None:
    one = cause(make_dead_letter(error="got Bearer s3cret from https://alice:s3cret@host"))
    other = cause(make_dead_letter(error="got Bearer other from https://alice:s3cret@host"))
    assert one.error == other.error == "RaiseError: got Bearer **** from *"
    assert one.group != other.group


def events_with(field: str, *values: Any) -> list[bytes]:
    return [make_envelope(make_event(**{field: value})) for value in values]


def pushes_to(*paths: str) -> list[bytes]:
    return [make_envelope(make_event(repository=path)) for path in paths]


@pytest.mark.parametrize(
    ("bodies", "encodings"),
    [
        (pushes_to("Upper/case", "a b", "it's", '"quoted"', "a`b", "é" * 300, "\x1b", "//"), [""]),
        (events_with("id", "x" * 300, "y'" * 300, "\u202e" * 256), [""]),
        (events_with("timestamp", "today", "1 'o clock", "", "2026-13-01T00:00:00Z"), [""]),
        (events_with("action", *("😀" * n for n in (61, 64, 1000))), [""]),
        ([b'{"events": [{"%s": 1, "%s": 2}]}' % (key, key) for key in (b"a", b"b'", b"/c/")], [""]),
        ([b'{"events": [{"id": 1e999}]}', b'{"events": [{"id": -2e888}]}'], [""]),
        ([b'{"type": 1, "data": 2}', b'{"Events": []}', b'{"it\'s": 1}'], [""]),
        ([b"{}"] * 5, ["utf-8", "UTF-8", "utf-16", "gzip", "it's"]),
    ],
    ids=["paths", "ids", "times", "actions", "keys", "numbers", "hooks", "encodings"],
)
def test_one_fault_of_ingest_is_one_group_whatever_the_sender_wrote(
    bodies: list[bytes], encodings: list[str]
) -> None:
    groups = set()
    for body, encoding in zip(bodies, cycle(encodings), strict=False):
        (one,) = translate(Notification(Body.whole(body), NOW, encoding))
        assert one.message
        message = one.message
        dead_letter = DeadLetter.of(
            message.body, message_id="m", routing_key="event", headers=message.headers
        )
        groups.add(cause(dead_letter).group)
    assert len(groups) == 1


NAMES = (
    "ubuntu",
    "team/app",
    "v2beta3",
    "it's",
    '"quoted"',
    "a`b",
    "a b",
    "x" * 5_000,
    "\x1b[2J\u202e\x00",
    "漢" * 5_000,
    "*",
    "1 of 2",
    "name)=(x",
)
MESSAGES = (
    "no row for {} in the table",
    'no row for "{}"',
    "no row for '{}': {} is unknown",
    "duplicate key\nDETAIL:  Key (name)=({}) already exists.",
    "new row violates a check\nDETAIL:  Failing row contains (7, {}, null).",
    "it ends with {}",
)


@pytest.mark.parametrize("place", ["repository", "tag", "actor", "id", "host"])
@pytest.mark.parametrize("message", MESSAGES)
def test_names_that_the_sender_chose_split_no_group(message: str, place: str) -> None:
    groups = {cause(named(message, name, place)).group for name in NAMES if len(name) < 1_000}
    assert len(groups) == 1


@pytest.mark.parametrize("message", MESSAGES)
def test_a_long_name_that_is_cut_makes_one_group_more_at_most(message: str) -> None:
    names = ("ubuntu", *("x" * length for length in range(1_900, 2_050)), "y" * 5_000)
    assert len({cause(named(message, name, "repository")).group for name in names}) <= 2


def test_what_the_parameters_of_a_statement_were_splits_no_group() -> None:
    message = "invalid input for query argument $3: {} (a str is expected)"
    names = (*NAMES, "x" * 38, 'it\'s "x" ' * 9)
    reprs = [repr(name) if len(repr(name)) <= 40 else f"{repr(name)[:40]}..." for name in names]
    letters = [
        named(message.replace("{}", shown), name, "tag")
        for name, shown in zip(names, reprs, strict=True)
    ]
    assert len({cause(letter).group for letter in letters}) == 1


def test_other_words_stay_whatever_a_name_is() -> None:
    assert cause(named("no row for {}; rows: 7", "row", "tag")).error == (
        "RaiseError: no * for *; rows: *"
    )


def test_a_name_hides_no_credential_from_its_mask() -> None:
    found = cause(named("for {} got Bearer s3cret", "Bearer", "repository"))
    assert "s3cret" not in found.error


def named(message: str, name: str, place: str) -> DeadLetter:
    """A dead letter of a worker whose error names something of its event."""
    event = make_event(target={"tag": "v1"})
    where = {
        "repository": event["target"],
        "tag": event["target"],
        "actor": event["actor"],
        "id": event,
        "host": event["request"],
    }[place]
    where["name" if place == "actor" else place] = name
    error = Exception(message.replace("{}", name))
    story = Story.of(Reason.RECORDING_FAILED, error, attempts=3, first_seen=NOW)
    return make_dead_letter(json.dumps(event), error_type="RaiseError", error=story.error)


@given(st.text())
def test_any_message_has_a_group(message: str) -> None:
    assert re.fullmatch("[0-9a-f]{6}", cause(make_dead_letter(error=message)).group)


@given(st.integers(0), st.integers(0))
def test_numbers_never_matter(one: int, other: int) -> None:
    assert normalised(f"waited {one} s") == normalised(f"waited {other} s")
