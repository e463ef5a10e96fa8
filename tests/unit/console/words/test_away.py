"""What an operator reads of a server that is away."""

import pytest

from console.words import away
from shared import tls_faults

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
    "of another authority": (
        away.broker("amqps://h", tls_faults.UNKNOWN_AUTHORITY),
        (
            "the broker at h:5671 cannot be used: its certificate is signed by no authority that "
            "is trusted here; cafile in AMQP_URL names one"
        ),
    ),
    "wanting a certificate": (
        away.database("postgresql://h/events", tls_faults.WANTS_CERTIFICATE),
        (
            "the database at h cannot be used: it wants to see a certificate of its client; "
            "sslcert and sslkey in DATABASE_URL name one"
        ),
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
