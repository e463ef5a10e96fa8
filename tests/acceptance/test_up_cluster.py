"""`registry-events up --broker-nodes 3`: a node dies, and what is sent after it is recorded."""

import asyncio
import shlex
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil

from console.local.network.loopback import request
from console.local.processes.family import family, is_alive
from tests.acceptance.test_up import READY, SECONDS, begun, data, read_until
from tests.factories import make_envelope, make_event
from tests.running import EVENTS_TYPE
from tests.waiting import eventually

__all__ = ["data"]

RECORDED = "SELECT count(*) FROM tracking_events WHERE repository = 'team/after'"


async def test_a_node_that_is_killed_keeps_nothing_back(data: Path) -> None:
    options = ("--no-registry", "--broker-nodes", "3")
    with begun(data, *options) as process:
        try:
            await asyncio.to_thread(read_until, process, READY)
            started = family(process.pid)
            nodes = [one for one in started if any("beam.smp" in part for part in one.cmdline())]
            assert len(nodes) == 3
            await recorded_without(used_by_ingest(started, nodes), data)
        finally:
            await asyncio.to_thread(end, process)
    assert not [one for one in started if is_alive(one)]


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        assert process.wait(SECONDS) == 0
    except subprocess.TimeoutExpired:
        # Whoever closes it would wait for ever.
        process.kill()
        raise


def used_by_ingest(started: set[psutil.Process], nodes: list[psutil.Process]) -> psutil.Process:
    (ingest,) = (one for one in started if one.cmdline()[-1:] == ["ingest"])
    used = {one.raddr.port for one in ingest.net_connections() if one.raddr}
    (node,) = (
        one
        for one in nodes
        if used & {port.laddr.port for port in one.net_connections() if not port.raddr}
    )
    return node


async def recorded_without(node: psutil.Process, data: Path) -> None:
    told = dict(line.split("=", 1) for line in shlex.split((data / "env").read_text()))
    assert len(urlsplit(told["AMQP_URL"]).netloc.split(",")) == 3
    node.kill()
    port = urlsplit(told["INGEST_URL"]).port
    assert port
    body = make_envelope(make_event("push", "team/after"))
    headers = {"Authorization": f"Bearer {told['TOKEN']}", "Content-Type": EVENTS_TYPE}

    async def taken() -> bool:
        status, _ = await asyncio.to_thread(
            request, port, "POST", "/notifications", body=body, headers=headers
        )
        return status == 200

    await eventually(taken)
    database = await asyncpg.connect(told["DATABASE_URL"])
    try:

        async def recorded() -> bool:
            return bool(await database.fetchval(RECORDED))

        await eventually(recorded)
        assert await database.fetchval(RECORDED) == 1
    finally:
        await database.close()
