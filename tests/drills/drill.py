"""One drill: prepare, break, heal, drain, count."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError

from console.local.report import LocalError
from tests.drills.count import Count, count
from tests.drills.ledger import Ledger
from tests.drills.scale import Scale
from tests.drills.servers import Servers
from tests.drills.stage import AWAY, DRAIN_SECONDS, Stage, staged
from tests.waiting import eventually


@dataclass(frozen=True)
class Drill:
    """`is_brief`: its short form is among the tests. `nodes`: of its broker."""

    name: str
    play: Callable[[Stage], Awaitable[None]]
    is_brief: bool = True
    nodes: int = 1


@dataclass(frozen=True)
class Result:
    """`problems` is empty when everything held."""

    drill: Drill
    ledger: Ledger
    stage: Stage
    count: Count | None
    problems: list[str]
    took: float


async def run(drill: Drill, servers: Servers, scale: Scale, directory: Path) -> Result:
    started = time.monotonic()
    counted = None
    async with staged(servers, scale, directory) as stage:
        try:
            await drill.play(stage)
            await _drain(stage)
            counted = await count(
                stage.ledger,
                stage.processes.amqp_url,
                stage.processes.database_url,
                stage.rows,
            )
            stage.problems += counted.problems()
        except (AssertionError, LocalError, SubprocessError, *AWAY) as error:
            stage.problems.append(f"{type(error).__name__}: {error}"[:500])
    stage.problems += _tracebacks(stage)
    return Result(drill, stage.ledger, stage, counted, stage.problems, time.monotonic() - started)


async def _drain(stage: Stage) -> None:
    """Until the work queue is empty, and the workers have let go of what they held."""
    if not any(
        one.process.name.startswith("worker") and one.process.running for one in stage.services
    ):
        await stage.start(ingests=0)

    async def empty() -> bool:
        return await stage.queued() == 0

    async def let_go() -> bool:
        return await stage.in_hand() == 0

    for _ in range(2):
        # What a worker held without acknowledging is back in the queue when it has ended.
        await eventually(empty, DRAIN_SECONDS)
        workers = [one for one in stage.services if one.process.name.startswith("worker")]
        running = [one for one in workers if one.process.running]
        # One that is just starting cannot know yet what SIGTERM means.
        await asyncio.gather(*(asyncio.to_thread(one.wait_until_ready) for one in running))
        await asyncio.gather(*(one.terminate() for one in running))
        await eventually(let_go, DRAIN_SECONDS)
        if await empty():
            return
        await stage.start(ingests=0)
    stage.problems.append(f"{await stage.queued()} events left in the queue")


def _tracebacks(stage: Stage) -> list[str]:
    logs = sorted(stage.processes.directory.rglob("*.log"))
    return [f"traceback in {log.name}" for log in logs if "Traceback" in log.read_text()]
