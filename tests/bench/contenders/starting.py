"""What `python -m` does with a contender: it fills its queue, or works."""

import os
import sys
from collections.abc import Callable


def start(fill: Callable[[int], None], work: Callable[[], None]) -> None:
    """With an argument: fill the queue with as many events. Without: work."""
    if len(sys.argv) > 1:
        fill(int(sys.argv[1]))
    else:
        work()


def become(*command: str) -> Callable[[], None]:
    """Work as `python -m command`: by the contender's own command line."""
    argv = [sys.executable, "-m", *command]
    return lambda: os.execv(sys.executable, argv)  # noqa: S606  a shell has no part in it
