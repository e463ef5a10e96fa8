"""Ingests, ours and others', started in a place of their own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Final

from console.local.network.handshakes import port_opens
from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, free_port
from tests.bench.figures import OURS
from tests.bench.servers import Place
from tests.processes import variables

_READY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server; `pid` is whose CPU counts."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Contender:
    """`module` serves on PORT once it can publish; `needs` are libraries beside our own."""

    name: str
    module: str
    needs: Sequence[str] = ()

    @property
    def missing(self) -> list[str]:
        return [library for library in self.needs if not find_spec(library)]


BARE: Final = Contender("bare aiohttp", "tests.bench.bare_ingest")
DOCUMENTED: Final = Contender("aiohttp + aio-pika", "tests.bench.contenders.aiohttp_ingest")
FASTAPI: Final = Contender(
    "FastAPI + aio-pika",
    "tests.bench.contenders.fastapi_ingest",
    ("fastapi", "httptools", "uvicorn"),
)
MINIMAL: Final = Contender(
    "minimal protocol", "tests.bench.contenders.minimal_ingest", ("msgspec",)
)
_OTHERS: Final = (BARE, DOCUMENTED, FASTAPI, MINIMAL)


@contextmanager
def all_of_them(place: Place) -> Iterator[Mapping[str, Target]]:
    """By name, ours first; all whose libraries are there."""
    with ExitStack() as stack:
        targets = {OURS: stack.enter_context(ours(place))}
        for one in _OTHERS:
            if not one.missing:
                targets[one.name] = stack.enter_context(started(place, one))
        yield targets


def left_out() -> str:
    """A sentence on each contender whose libraries are not there, if any."""
    return "".join(
        f"\n{one.name} is left out: no {', '.join(one.missing)}." for one in _OTHERS if one.missing
    )


@contextmanager
def ours(
    place: Place, environment: Mapping[str, str] | None = None, **settings: object
) -> Iterator[Target]:
    """Ready, so the topology is declared."""
    port = free_port()
    chosen = variables(ingest_listen=f"{LOOPBACK}:{port}", **settings)
    with place.running("console", "ingest", **chosen, **(environment or {})) as process:
        process.wait_until(partial(answers, port, "/health/ready"), seconds=_READY_SECONDS)
        yield Target(port, process.pid or 0)


@contextmanager
def started(place: Place, one: Contender) -> Iterator[Target]:
    """The topology is declared already."""
    port = free_port()
    with place.running(one.module, PORT=str(port)) as process:
        process.wait_until(partial(port_opens, port), seconds=_READY_SECONDS)
        yield Target(port, process.pid or 0)
