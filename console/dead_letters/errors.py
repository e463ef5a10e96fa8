"""Why dead letters cannot be read or changed, each in one sentence for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from console.words import away, spoken
from shared.amqp.errors import BrokerAwayError


class BusyError(Exception):
    """Somebody else is reading or changing the dead letters."""

    def __init__(self, waited: float) -> None:
        super().__init__(
            "somebody else is reading, requeueing or discarding dead letters; "
            f"waited {spoken.age(waited)} for them"
        )


class NamedBrokerAwayError(BrokerAwayError):
    """Says which broker, and where to look."""


@contextmanager
def naming(url: str) -> Iterator[None]:
    """A BrokerAwayError of the block names the broker at `url`."""
    try:
        yield
    except NamedBrokerAwayError:
        raise
    except BrokerAwayError as error:
        raise NamedBrokerAwayError(away.broker(url, str(error))) from error
