"""Running a command's asynchronous part, and what its end means for the exit code."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
import uvloop

from console.commands.dead_letters.exits import Exit, Failed, Interrupted
from console.commands.settings import load_or_exit
from console.dead_letters.errors import BusyError
from console.errors import DatabaseAwayError, UnusableError
from shared import credentials, logs
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError
from shared.settings import Settings

T = TypeVar("T")


def settings(*required: str) -> Settings:
    """The settings, with logs on standard error. Exit code 2 if they cannot be used."""
    loaded = load_or_exit(("amqp_url", *required))
    logs.configure(level=loaded.log_level, log_format=loaded.log_format, service="console")
    return loaded


def run(work: Coroutine[Any, Any, T]) -> T:
    """Its result; the errors of an operation become one line and an exit code."""
    try:
        return uvloop.run(work)
    except (BrokerAwayError, DatabaseAwayError) as error:
        raise Failed(str(error), Exit.AWAY) from None
    except BusyError as error:
        raise Failed(f"{error}, nothing was done", Exit.FAILED) from None
    except TopologyConflictError as error:
        raise Failed(str(error), Exit.FAILED) from None
    except UnusableError as error:
        raise Failed(str(error), Exit.USAGE) from None
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing more is changed", Exit.FAILED) from None


def nothing_matched() -> NoReturn:
    say("nothing matched")
    sys.exit(Exit.NOTHING_MATCHED)


def say(text: str) -> None:
    """A notice, which is no data; credentials that it quotes are masked."""
    click.echo(credentials.masked(text), err=True)


def require_terminal() -> None:
    """Where nobody can answer, a question is wrong usage: said last, when all else is right."""
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; give --yes")


def confirm(question: str, *, yes: bool) -> None:
    """Ask, unless told not to; exit code 1 for a no."""
    if not yes:
        require_terminal()
        click.confirm(question, abort=True, err=True)


@contextmanager
def stopping(stop: asyncio.Event) -> Iterator[None]:
    """Until the block ends the first Ctrl-C only sets `stop`, a second one ends at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def first() -> None:
        say("stopping when what is in hand is done ...")
        stop.set()
        restore()

    def restore() -> None:
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        restore()
