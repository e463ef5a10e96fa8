import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.dead_letters.letter.cause import cause
from console.dead_letters.selection import Selection, attempts
from console.errors import UnusableError
from shared.amqp.dead_letter import Reason
from shared.origin import Origin
from tests.factories import make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

EVENT = make_event(repository="team/app", id="event-1", target={"tag": "v1"})
DEAD_LETTER = make_dead_letter(json.dumps(EVENT), error="no row for team/app")
BEFORE = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
AFTER = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("selectors", "chosen"),
    [
        ({}, True),
        ({"id": ("event-1",)}, True),
        ({"id": ("event",)}, False),
        ({"id": ("0123456789abcdef",)}, True),
        ({"id": ("01234567",)}, True),
        ({"id": ("0123456",)}, False),
        ({"id": ("other", "event-1")}, True),
        ({"group": (cause(DEAD_LETTER).group,)}, True),
        ({"group": ("ffffff",)}, False),
        ({"reason": ("invalid_event", "recording_failed")}, True),
        ({"reason": ("invalid_event",)}, False),
        ({"error": ("RaiseError: no row*",)}, True),
        ({"error": ("no row*",)}, False),
        ({"repository": ("team/*",)}, True),
        ({"repository": ("team",)}, False),
        ({"source": ("prod-harbor", "default")}, True),
        ({"source": ("prod-harbor",)}, False),
        ({"source": ("def*",)}, False),
        ({"action": ("push",)}, True),
        ({"action": ("delete",)}, False),
        ({"since": BEFORE}, True),
        ({"since": AFTER}, False),
        ({"until": AFTER}, True),
        ({"until": BEFORE}, False),
        ({"since": BEFORE, "until": AFTER}, True),
        ({"attempts": attempts(">=3")}, True),
        ({"attempts": attempts("<3")}, False),
        ({"all": True}, True),
        ({"repository": ("team/*",), "action": ("delete",)}, False),
    ],
)
def test_everything_given_must_hold(selectors: dict[str, Any], *, chosen: bool) -> None:
    assert Selection(**selectors).matches(DEAD_LETTER) is chosen


def test_one_of_a_source_is_chosen_by_its_name() -> None:
    dead_letter = make_dead_letter(headers=Origin("prod-harbor", "harbor").headers)
    assert Selection(source=("prod-harbor",)).matches(dead_letter)
    assert not Selection(source=("default", "harbor")).matches(dead_letter)
    assert str(Selection(source=("prod-harbor",))) == "--source prod-harbor"
    assert Selection(source=("prod-harbor",)).names_any


def test_an_error_is_matched_as_it_is_not_as_it_is_shown() -> None:
    dead_letter = make_dead_letter(error="got Bearer s3cret")
    assert Selection(error=("*s3cret",)).matches(dead_letter)
    assert not Selection(error=("*[*][*][*][*]",)).matches(dead_letter)


def test_without_a_time_nothing_is_in_a_time() -> None:
    untimed = make_dead_letter(failed_at="")
    assert Selection(all=True).matches(untimed)
    assert not Selection(since=BEFORE).matches(untimed)
    assert not Selection(until=AFTER).matches(untimed)


def test_the_brokers_own_have_the_brokers_time() -> None:
    died = {"x-death": [{"reason": "delivery_limit", "time": datetime(2026, 3, 1, 12, tzinfo=UTC)}]}
    dead_letter = make_dead_letter()
    broker = type(dead_letter).of(b"{}", message_id="", routing_key="event.push", headers=died)
    assert broker.story.reason == Reason.DELIVERY_LIMIT
    assert Selection(since=BEFORE, until=AFTER).matches(broker)


@pytest.mark.parametrize(
    ("text", "fits", "misses"),
    [(">=3", 3, 2), ("<= 3", 3, 4), (">3", 4, 3), ("<3", 2, 3), ("3", 3, 4), ("=3", 3, 2)],
)
def test_attempts_compare(text: str, fits: int, misses: int) -> None:
    assert attempts(text).holds(fits)
    assert not attempts(text).holds(misses)


@pytest.mark.parametrize("text", ["", "three", ">=", "=>3", "-1", ">=3x", "99999999999"])
def test_other_comparisons_are_refused(text: str) -> None:
    with pytest.raises(UnusableError, match="not a comparison"):
        attempts(text)


def test_an_empty_one_names_none() -> None:
    assert not Selection().names_any
    assert Selection(all=True).names_any
    assert Selection(limit=1).names_any
    assert Selection(since=BEFORE).names_any


def test_it_is_written_as_it_would_be_typed() -> None:
    selection = Selection(
        group=("a1f3c9", "07be42"), attempts=attempts(">=3"), since=BEFORE, limit=5
    )
    assert str(selection) == (
        "--group a1f3c9 --group 07be42 --since 2026-03-01T11:59:00+00:00 --attempts '>=3' --limit 5"
    )
    assert str(Selection(all=True)) == "--all"


def test_no_id_is_nobodys() -> None:
    nameless = make_dead_letter("no JSON", message_id="")
    assert not Selection(id=("",)).matches(nameless)
