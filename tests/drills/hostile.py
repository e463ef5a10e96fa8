"""Drill 9: hostile HTTP beside an honest client, which must not notice."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import quantiles
from typing import Any

from console.local.processes.process import Process
from tests.bench.cost import peak_megabytes
from tests.drills.drill import Drill
from tests.drills.effects import Effects, effect, open_files
from tests.drills.ledger import ACCEPTED
from tests.drills.load import pushes
from tests.drills.stage import Stage

# The timeout in the registry's own example.
REGISTRY_TIMEOUT = 0.5
SENDERS = 4
PAUSE = 0.02
HOLDING = 12
FLOODING = 5
BRIEF = 2
FEW = 20
SEEN_WITHIN = 20
# For a busy machine; the default is within the registry's timeout, which only the full form times.
PATIENT: dict[str, Any] = {"ingest_deadline": 5}

Play = Callable[[Stage], Awaitable[None]]


def beside(*kinds: str, connections: int = FEW, seconds: float = FLOODING) -> Play:
    async def play(stage: Stage) -> None:
        (port,) = await stage.start(**({} if stage.scale.strict else PATIENT))
        count = min(connections, stage.scale.idle)
        attackers = [_attacker(stage, kind, port, count) for kind in kinds]
        try:
            effects = _begin(stage, attackers, count)
            await stage.expect(effects.are_all_seen, "the attack has no effect")
            times = await _honest(stage, port, seconds if stage.scale.strict else BRIEF, effects)
            stage.check(
                holds=all(attacker.running for attacker in attackers), otherwise="no attack"
            )
        finally:
            for attacker in attackers:
                await asyncio.to_thread(attacker.kill)
        _judge(stage, times)
        stage.check(holds=await stage.is_live(port), otherwise="not live afterwards")

    return play


def _begin(stage: Stage, attackers: Sequence[Process], connections: int) -> Effects:
    for attacker in attackers:
        attacker.start()
    ingest, strict = stage.services[0], stage.scale.strict
    each = [effect(attacker, ingest, connections, strict=strict) for attacker in attackers]
    return Effects(each)


def _attacker(stage: Stage, kind: str, port: int, connections: int) -> Process:
    return Process(
        name=kind,
        command=[sys.executable, "-m", "tests.drills.attacker", kind, str(port), str(connections)],
        log=stage.processes.directory / f"{kind}.log",
    )


async def _honest(stage: Stage, port: int, seconds: float, effects: Effects) -> Sequence[float]:
    """How long each notification took that was sent while the attack was seen to go on."""
    sender = stage.sender([port])
    await effects.look_anew()
    times: list[float] = []
    ended = time.monotonic() + seconds
    # In the full form the attack is strong enough to be seen at once; a busy machine takes longer.
    at_last = ended + (0 if stage.scale.strict else SEEN_WITHIN)
    seen = False

    def goes_on() -> bool:
        return time.monotonic() < (ended if seen else at_last)

    async def send() -> None:
        while goes_on():
            started = time.monotonic()
            answer = await sender.post(pushes())
            times.append(time.monotonic() - started)
            stage.check(holds=answer == ACCEPTED, otherwise=f"the honest client got {answer}")
            await asyncio.sleep(PAUSE)

    async def watch() -> None:
        nonlocal seen
        most = 0
        while goes_on():
            most = max(most, open_files(stage.services[0]))
            seen = await effects.are_all_seen()
            await asyncio.sleep(0.5)
        stage.note = f"{most:,} open files at most; "

    await asyncio.gather(watch(), *(send() for _ in range(SENDERS)))
    stage.check(holds=await effects.are_all_seen(), otherwise="the attack had no effect meanwhile")
    return times


def _judge(stage: Stage, times: Sequence[float]) -> None:
    cuts = quantiles(times, n=100)
    p50, p99 = cuts[49], cuts[98]
    memory = peak_megabytes(stage.services[0].process.pid or 0)
    stage.note += (
        f"honest client: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
        f"{len(times)} notifications; ingest's peak memory {memory:.0f} MB"
    )
    stage.check(
        holds=not stage.scale.strict or p99 < REGISTRY_TIMEOUT,
        otherwise=f"the honest client's p99 was {p99:.2f} s",
    )


DRILLS = (
    Drill("idle connections", beside("idle", connections=10_000, seconds=HOLDING), is_brief=False),
    Drill(
        "slow heads and slow bodies",
        beside("slow_head", "slow_body", connections=200, seconds=HOLDING),
    ),
    Drill("floods of headers", beside("headers"), is_brief=False),
    Drill("bodies announced too large", beside("oversized", seconds=HOLDING), is_brief=False),
    Drill("chunked bodies without end", beside("chunked"), is_brief=False),
    Drill("pipelines and smuggled requests", beside("pipelined", "smuggled"), is_brief=False),
    Drill("wrong tokens at full speed", beside("wrong_token"), is_brief=False),
)
