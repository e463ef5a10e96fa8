"""Why dead letters cannot be read or changed, each in one sentence for an operator."""

from console.overview import spoken


class BusyError(Exception):
    """Somebody else is reading or changing the dead letters."""

    def __init__(self, waited: float) -> None:
        super().__init__(
            "somebody else is reading, requeueing or discarding dead letters; "
            f"waited {spoken.age(waited)} for them"
        )


class UnusableError(ValueError):
    """What the operator gave cannot be used; says what and why."""


class DatabaseAwayError(Exception):
    """The database cannot be used, and the operation needs it."""
