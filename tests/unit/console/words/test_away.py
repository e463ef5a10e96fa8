"""What an operator reads of a server that is away."""

import pytest

from console.words import away

LOOK = "look at its host, its log and the network between"
SAID = {
    "silent": (
        away.broker("amqp://guest:s3cret@10.0.0.7:5672/events", "no answer within 2 s"),
        (
            "the broker at 10.0.0.7:5672 did not answer within 2 s: it is frozen, overloaded or "
            f"cut off; {LOOK}"
        ),
    ),
    "at its usual port": (
        away.broker("amqp://[::1]", "no answer within 2 s"),
        (
            f"the broker at [::1]:5672 did not answer within 2 s: it is frozen, overloaded or cut "
            f"off; {LOOK}"
        ),
    ),
    "refused": (
        away.database("postgresql://u:p@db:5433/events", "Connection refused (10.0.0.7:5433)"),
        (
            "the database at db:5433 refuses connections: it does not run, or it listens "
            "elsewhere; look at its host, its log and DATABASE_URL"
        ),
    ),
    "a host that nobody may use": (
        away.broker("amqp://h", "the broker refused the virtual host"),
        "the broker at h:5672 refused the virtual host",
    ),
    "by its socket": (
        away.database("postgresql:///events?host=/run", "no password supplied"),
        "the database cannot be used: no password supplied",
    ),
    "hostile": (
        away.database("postgresql://u:s3cret@h\x1b[2J", "no"),
        "the database at h\\x1b[2J cannot be used: no",
    ),
}


@pytest.mark.parametrize("case", SAID.values(), ids=SAID)
def test_a_server_that_is_away_in_one_sentence(case: tuple[str, str]) -> None:
    said, sentence = case
    assert said == sentence
