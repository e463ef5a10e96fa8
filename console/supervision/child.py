"""One process of several: what it is comes by its standard input, which its parent keeps open.

Why it cannot start it says on its standard output, for the parent to say it once for all.
"""

import os
import pickle
import shutil
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Final

import click
import structlog

from console.serving import serve
from shared.settings import Settings
from shared.siblings import Siblings

# The exit code of one that another start would not mend.
UNFIT: Final = 3

Assignment = tuple[str, Settings, Siblings]


def assignment(service: str, settings: Settings, siblings: Siblings) -> bytes:
    """What a child reads: the settings, as its parent has read them once for all."""
    return pickle.dumps((service, settings, siblings))


def main() -> None:
    given: Assignment = pickle.load(sys.stdin.buffer)  # noqa: S301  by our parent alone
    service, settings, siblings = given
    threading.Thread(target=_end_with_parent, args=[siblings.directory], daemon=True).start()
    structlog.contextvars.bind_contextvars(process=siblings.number)
    app = import_module(f"{service}.app")
    try:
        serve(app.run(settings, siblings), settings, service=service)
    except click.ClickException as error:
        sys.stdout.write(error.message)
        sys.exit(UNFIT)


def _end_with_parent(directory: Path) -> None:
    """Drain as after SIGTERM once the parent is gone, however it went, and tidy up after it."""
    os.read(sys.stdin.fileno(), 1)
    shutil.rmtree(directory, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
