"""What ends an operator's command, or a page, with one sentence that says why."""


class UnusableError(ValueError):
    """What the operator gave cannot be used; says what and why."""


class DatabaseAwayError(Exception):
    """The database cannot be used, and the operation needs it."""
