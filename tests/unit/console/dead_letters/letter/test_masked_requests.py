"""Of what any registry sends, no output that is masked names a person, an address or a secret."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest
from msgspec.structs import replace

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.edit import difference, draft
from ingest.arrival import Arrival, kept
from ingest.registries.adapter import UnreadableRequestError
from ingest.translation import unreadable
from tests import samples
from tests.unit.console.dead_letters.letter.test_masked_outputs import masked_outputs
from tests.unit.console.dead_letters.letters import dead_of, make_arrival

MARK: Final = "mark3d"
# In names of members. An owner's name is not here: it is the beginning of a repository's path.
_PRIVATE: Final = re.compile(
    r"actor|operator|sender|pusher|author|initiator|upload|creator|principal|mail|addr|ip$"
    r"|agent|token|callback|signature|secret|password|subscribe|validation",
    re.IGNORECASE,
)
# What a registry, a proxy or a client may send beside what a sample has.
_HEADERS: Final = {
    **dict.fromkeys(("Authorization", "Cookie", "X-Hub-Signature-256", "X-Forwarded-For"), MARK),
    **dict.fromkeys(("ce-operator", "ce-subject", "X-GitHub-Token", "X-Amz-Sns-Whoever"), MARK),
}


def is_private(name: str) -> bool:
    return bool(_PRIVATE.search(name))


def marked(value: Any, *, private: bool = False) -> Any:
    """The value with MARK in each text that says who, from where, or opens a door."""
    match value:
        case dict():
            return {
                # The registry's node, whose address is no client's.
                name: one if name == "source" else marked(one, private=private or is_private(name))
                for name, one in value.items()
            }
        case list():
            return [marked(one, private=private) for one in value]
        case str() if private and value:
            return f"{MARK}{value}"
        case _:
            return value


def body_of(sample: samples.Sample) -> bytes:
    try:
        value = json.loads(sample.body)
    except ValueError:
        return sample.body
    return json.dumps(marked(value)).encode()


def unread(arrival: Arrival) -> Sequence[DeadLetter]:
    message = unreadable(arrival, UnreadableRequestError("x")).message
    assert message
    return [
        DeadLetter.of(message.body, message_id="0123", routing_key="event", headers=message.headers)
    ]


def cut(arrival: Arrival) -> Sequence[DeadLetter]:
    return dead_of(replace(arrival, body=replace(arrival.body, kept=arrival.body.kept[:-9])))


DEATHS: Final[Mapping[str, Callable[[Arrival], Sequence[DeadLetter]]]] = {
    "recorded badly": dead_of,
    "not read": unread,
    "cut": cut,
}


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("sample", samples.ALL, ids=lambda one: one.name)
def test_nobody_is_named_in_any_output_of_a_request(sample: samples.Sample, death: str) -> None:
    headers = kept([*sample.headers.items(), *_HEADERS.items()])
    arrival = replace(make_arrival(sample, body_of(sample)), request=headers)
    for dead_letter in DEATHS[death](arrival):
        told = "\n".join(masked_outputs(dead_letter))
        assert "prod" in told
        assert MARK not in told
        assert MARK not in "\n".join(difference("{}\n", draft(dead_letter)))
        assert MARK in dead_letter.json()
