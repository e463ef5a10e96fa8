"""One process of several: what it is comes by its standard input, which its parent keeps open.

Why it cannot start it says on its standard output, for the parent to say it once for all.
"""

import os
import pickle
import shutil
import signal
import sys
import threading
import time
from importlib import import_module

import click
import structlog

from console.supervision.assignment import UNFIT, Assignment
from console.supervision.service import serve


def main() -> None:
    given: Assignment = pickle.load(sys.stdin.buffer)  # noqa: S301  by our parent alone
    threading.Thread(target=_end_with_parent, args=[given], daemon=True).start()
    structlog.contextvars.bind_contextvars(process=given.siblings.number)
    app = import_module(f"{given.service}.app")
    try:
        serve(app.run(given.settings, given.siblings), given.settings, service=given.service)
    except click.ClickException as error:
        sys.stdout.write(error.message)
        sys.exit(UNFIT)


def _end_with_parent(given: Assignment) -> None:
    """Drain as after SIGTERM once the parent is gone, however it went, and tidy up after it."""
    os.read(sys.stdin.fileno(), 1)
    shutil.rmtree(given.siblings.directory, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(given.seconds)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
