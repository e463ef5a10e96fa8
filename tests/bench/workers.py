"""The workers that are measured: how each is started, and how its queue is filled."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from console.local.network.ports import LOOPBACK, free_port
from console.local.processes.process import Process
from tests.bench import backlog
from tests.bench.figures import OURS
from tests.bench.plain_worker import SEQUENCE
from tests.bench.servers import Place

_FILL_SECONDS: Final = 300.0
_PLACE: Final = "tests.bench.contenders"


@dataclass(frozen=True, slots=True)
class Worker:
    """`command` is a module and its arguments; `library` is what it needs that ours does not.

    `has_geo_counter`: it counts geo events as ours does, instead of taking ids from a sequence,
    which is cheaper. `fills_itself`: it takes other messages than ours from its queue. `is_quick`:
    it is given as many events as ours.
    """

    name: str
    command: tuple[str, ...]
    library: str = ""
    has_geo_counter: bool = False
    fills_itself: bool = False
    has_broker: bool = True
    is_quick: bool = False

    @property
    def is_installed(self) -> bool:
        return not self.library or find_spec(self.library) is not None

    async def prepare(self, place: Place) -> None:
        """What has to be there before it starts."""
        if not self.has_geo_counter:
            await backlog.query(place.database_url, SEQUENCE)
        await self.fill(place, 0)

    async def fill(self, place: Place, count: int) -> None:
        """Put `count` events into its queue, in its own messages."""
        if not self.fills_itself:
            await backlog.preload(place.amqp_url, count)
            return
        with place.running(*self.command, str(count)) as filling:
            filling.finish(seconds=_FILL_SECONDS)

    def running(self, place: Place, shards: int = 1) -> AbstractContextManager[Process]:
        listen = f"{LOOPBACK}:{free_port()}"
        # While it is held it must not take the silence for a lost connection.
        settings = {
            "REGISTRY_EVENTS_WORKER_LISTEN": listen,
            "REGISTRY_EVENTS_AMQP_HEARTBEAT": "60",
            "REGISTRY_EVENTS_SHARDS": str(shards),
        }
        return place.running(*self.command, **settings)

    async def ready(self, place: Place, *, workers: int = 1) -> None:
        """Wait until it takes what comes."""
        if self.has_broker:
            await backlog.consumed(place.amqp_url, workers)
        else:
            await backlog.connected(place.database_url)


OUR_WORKER: Final = Worker(OURS, ("console", "worker"), has_geo_counter=True, is_quick=True)
PLAIN: Final = Worker("plain", ("tests.bench.plain_worker",))
MINIMAL: Final = Worker(
    "minimal",
    (f"{_PLACE}.minimal_worker",),
    library="msgspec",
    has_geo_counter=True,
    is_quick=True,
)
FRAMEWORKS: Final = (
    Worker("taskiq", (f"{_PLACE}.taskiq_worker",), "taskiq_aio_pika", fills_itself=True),
    Worker("FastStream", (f"{_PLACE}.faststream_worker",), "faststream"),
    Worker("Celery", (f"{_PLACE}.celery_worker",), "celery", fills_itself=True),
    Worker("Dramatiq", (f"{_PLACE}.dramatiq_worker",), "dramatiq", fills_itself=True),
)
PGQUEUER: Final = Worker(
    "PgQueuer", (f"{_PLACE}.pgqueuer_worker",), "pgqueuer", fills_itself=True, has_broker=False
)
WORKERS: Final = (OUR_WORKER, MINIMAL, PLAIN, *FRAMEWORKS, PGQUEUER)
