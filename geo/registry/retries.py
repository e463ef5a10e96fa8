"""How often something is tried again, and after how long."""

from collections.abc import AsyncIterator
from typing import Final

import stamina

from geo.registry.errors import RegistryError

ATTEMPTS: Final = 5
_FIRST_WAIT: Final = 0.25
_LONGEST_WAIT: Final = 10.0


def retries() -> AsyncIterator[stamina.Attempt]:
    """For what may be repeated, while its RegistryError is temporary."""
    return aiter(
        stamina.retry_context(
            on=_again,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=_FIRST_WAIT,
            wait_max=_LONGEST_WAIT,
        )
    )


def wait(fault: RegistryError, tries: int) -> float:
    """Seconds until the next of `tries` that brought nothing."""
    return fault.after or min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (tries - 1))


def _again(error: Exception) -> bool | float:
    if not isinstance(error, RegistryError) or not error.temporary:
        return False
    return True if error.after is None else error.after
