"""Whatever an event holds and wherever: no output that is masked has it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.dead_letters.output import rows
from console.commands.dead_letters.show import document
from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.story import tell
from console.dead_letters.operations.edit import difference, editable
from console.dead_letters.operations.plan import Plan
from console.dead_letters.selection import Selection
from console.dead_letters.summary import Summary
from console.web.pages.dead_letters import story
from console.web.pages.downloads import row
from console.web.scans import Listed
from console.web.template import new_environment
from console.web.values.files import KINDS, lines
from console.words.moments import Clock
from shared.amqp.dead_letter import Reason
from shared.event import Event
from shared.invalid_event import InvalidEventError
from tests.factories import make_event
from tests.unit.console.dead_letters.letters import make_dead_letter, notifications

NOW: Final = datetime(2026, 3, 1, 15, 12, tzinfo=UTC)
TEXT, NUMBER = "MARKER", 918273645
ENVIRONMENT: Final = new_environment()
FRAME: Final = {
    "form_key": "",
    "here": "/",
    "signs_in": False,
    "user": "me",
    "writable": True,
    "role": "may act",
    "why_read_only": "",
}
FILTER: Final[Mapping[str, Any]] = {"chosen": Counter(), "pairs": (), "reasons": ()}

LEAF = st.sampled_from([TEXT, NUMBER, f"http://{TEXT}@x", [TEXT], {"x": NUMBER}])
KEYS = st.sampled_from(["useragent", "name", "email", "user", "remoteAddr", "ü", ""])
MAPS = st.dictionaries(KEYS, LEAF, max_size=2)
TREE = LEAF | MAPS | st.lists(MAPS, max_size=2) | st.dictionaries(KEYS, st.lists(MAPS), max_size=2)
BRANCH = MAPS | st.lists(LEAF, max_size=2)
# Places that are shown, but for values only; in the others nothing is.
VALUES = st.sampled_from(["id", "timestamp", "action"])
OBJECTS = st.sampled_from(["target", "request", "actor", "source"])


@st.composite
def events(draw: st.DrawFn) -> Any:
    """A real event with markers where something is masked, alone or in an envelope."""
    event = make_event(repository=draw(st.sampled_from(["team/app", "Team/App"])))
    event |= draw(st.dictionaries(KEYS, TREE))
    event |= draw(st.dictionaries(VALUES, BRANCH, max_size=1))
    for name in ("target", "request", "actor", "source"):
        event[name] |= draw(st.dictionaries(KEYS, TREE))
    event["target"] |= draw(st.dictionaries(st.sampled_from(["tag", "url", "references"]), BRANCH))
    event["target"]["rename"], event["request"]["addr"] = draw(TREE), draw(TREE)
    event |= draw(st.dictionaries(OBJECTS, TREE, max_size=2))
    return draw(st.sampled_from([event, [event], {"events": event}, {"events": [event, event]}]))


def died(body: str, **changes: Any) -> DeadLetter:
    """The dead letter that it becomes, with the error of whoever read it."""
    try:
        Event.parse(body)
    except InvalidEventError as error:
        changes = {"reason": Reason.INVALID_EVENT, "error": str(error), **changes}
    return make_dead_letter(body, **changes)


def page(template: str, values: Mapping[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(**FRAME, **FILTER, **values)


def pages(dead_letter: DeadLetter, summary: Summary) -> Iterator[str]:
    yield page("story.html", story(dead_letter))
    listed = Listed([dead_letter], 1, 0)
    yield page("listing.html", {"listed": listed, "cause": cause, "most": 1})
    now = {"looked": 1, "changed": False, "at": 0, "fault": "", "figure": "1"}
    groups = {"summary": summary, "groups": summary.groups, **now}
    yield page("groups.html", groups)


def masked_outputs(dead_letter: DeadLetter) -> Iterator[str]:
    yield from tell(dead_letter, Clock(NOW), mask=True)
    yield json.dumps(document(dead_letter, mask=True), ensure_ascii=False)
    for uncut in (True, False):
        yield "  ".join(rows.cells(dead_letter, Clock(NOW), uncut=uncut, sources=True))
    for kind in KINDS:
        yield from lines(kind, [row(dead_letter)])
    summary = Summary(NOW)
    summary.add(dead_letter)
    yield json.dumps(summary.document(), ensure_ascii=False)
    plan = Plan(Selection(all=True), lambda _: "")
    plan.add(dead_letter)
    yield json.dumps(plan.document(), ensure_ascii=False)
    before = editable(dead_letter.body)
    for after in ("{}\n", before.replace(TEXT, f"{TEXT}2").replace(str(NUMBER), f"{NUMBER}2")):
        yield from difference(before, after)
        yield from difference(after, before)
    yield from pages(dead_letter, summary)


@given(events())
def test_no_masked_place_is_in_any_output(event: Any) -> None:
    told = "\n".join(masked_outputs(died(json.dumps(event))))
    assert TEXT not in told
    assert str(NUMBER) not in told


@pytest.mark.parametrize("body", notifications())
def test_nobody_is_named_in_any_output(body: str) -> None:
    (event,) = json.loads(body)["events"]
    told = "\n".join(masked_outputs(died(body)))
    for where, name in (("actor", "name"), ("request", "addr"), ("request", "useragent")):
        assert f'"{event[where][name]}"' not in told
        assert f"&#34;{event[where][name]}&#34;" not in told
    assert event["actor"].get("user", "eyJ") not in told
    assert event["target"]["repository"] in told


@pytest.mark.parametrize("secret", ["eyJub25lIn0.e30.MARKER", "Bearer MARKER", "x://MARKER@h"])
def test_a_credential_is_in_no_output_wherever_it_stands(secret: str) -> None:
    target = {"repository": f"{secret} {secret}", "tag": f"'{secret}'", "url": f"see {secret}"}
    event = make_event(target=target, id=f"<{secret}>", action=secret) | {secret: 1}
    dead_letter = died(
        json.dumps(event),
        error=f"no row for {secret} in '{secret}'",
        error_type=secret,
        routing_key=f"event.{secret}",
        first_seen=secret,
        failed_at=secret,
        host=secret,
        headers={
            secret: secret,
            "source": secret,
            "event-id": secret,
            "died-before": f"later  1 attempt  {secret}",
            "x-death": [
                {"queue": secret, "routing-keys": [secret], secret: 1, "b": secret.encode()}
            ],
        },
    )
    assert TEXT not in "\n".join(masked_outputs(dead_letter))
