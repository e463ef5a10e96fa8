"""Addresses that name several hosts: whichever of them is away, another one is used."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from yarl import URL

from console.local.network.ports import LOOPBACK, free_port
from shared import primary
from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.publisher import ConfirmedPublisher, PublishFailedError
from shared.amqp.topology import EVENTS_EXCHANGE
from shared.database import new_pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.drills.proxy import Proxy
from tests.factories import make_event
from tests.running import make_settings
from tests.waiting import eventually
from worker.failures import is_outage
from worker.recorder import Recorder

MESSAGE = Message(exchange=EVENTS_EXCHANGE, routing_key="event.push", body=b"{}")


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of one who takes connections, as the kernel of a frozen server does, and no more."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def among(url: str, *ports: int) -> str:
    """The address with the hosts of `ports` before its own."""
    own = URL(url).port
    others = "".join(f"{LOOPBACK}:{port}," for port in ports)
    return url.replace(f"{LOOPBACK}:{own}", f"{others}{LOOPBACK}:{own}")


@asynccontextmanager
async def connecting(url: str, *, heartbeat: int = 10) -> AsyncIterator[Connection]:
    connection = Connection(url, name="a test's", heartbeat=heartbeat)
    running = asyncio.ensure_future(connection.run())
    try:
        yield connection
    finally:
        running.cancel()
        await asyncio.wait({running})


async def publish(connection: Connection) -> None:
    publisher = ConfirmedPublisher(connection)

    async def taken() -> bool:
        with suppress(PublishFailedError):
            await publisher.publish([MESSAGE], deadline=2)
            return True
        return False

    await eventually(taken)


async def test_a_node_that_answers_is_found_among_others(amqp_url: str, mute: int) -> None:
    async with connecting(among(amqp_url, free_port(), mute)) as connection:
        await publish(connection)


async def test_when_a_node_dies_another_one_is_used(amqp_url: str) -> None:
    own = URL(amqp_url).port or 0
    async with Proxy(own).running() as one, Proxy(own).running() as other:
        url = among(amqp_url, one.port, other.port).replace(f",{LOOPBACK}:{own}", "")
        async with connecting(url) as connection:
            for node in (one, other, one):
                await publish(connection)
                node.cut()


async def test_a_node_that_falls_silent_is_left_also_by_who_only_listens(amqp_url: str) -> None:
    own = URL(amqp_url).port or 0
    async with Proxy(own).running() as node:
        url = among(amqp_url, node.port).replace(f",{LOOPBACK}:{own}", "")
        async with connecting(url, heartbeat=1) as connection:
            await publish(connection)
            before = connection.channel
            node.swallow()

            async def is_left() -> bool:
                return connection.channel is not before

            await eventually(is_left)
            assert "silent" in connection.fault
            node.heal()
            await publish(connection)


async def test_what_is_said_when_none_answers_has_no_password(mute: int) -> None:
    dead = free_port()
    url = f"amqp://user:s3cret@{LOOPBACK}:{dead},{LOOPBACK}:{mute}/"
    async with connecting(url) as connection:

        async def is_said() -> bool:
            return "none of its hosts" in connection.fault

        await eventually(is_said)
        assert f"{LOOPBACK}:{dead}: Connection refused" in connection.fault
        assert f"{LOOPBACK}:{mute}: no answer within" in connection.fault
        assert "s3cret" not in connection.fault


async def test_a_database_that_answers_is_found_among_others(database_url: str, mute: int) -> None:
    url = among(database_url, free_port(), mute)
    async with new_pool(make_settings("amqp://a", url), url=url, application="a test") as pool:
        assert await pool.fetchval("SELECT 1") == 1


async def test_of_several_databases_none_that_takes_no_writes_is_used(database_url: str) -> None:
    await read_only(database_url)
    # A single one is used as it is: its operator has said so.
    await (await primary.connect(database_url, timeout=5)).close()
    dead = free_port()
    with pytest.raises(primary.NoPrimaryError) as caught:
        await primary.connect(among(database_url, dead), timeout=5)
    assert "takes no writes" in str(caught.value)
    assert f"{LOOPBACK}:{dead}: Connection refused" in str(caught.value)
    anyone = f"{among(database_url, dead)}?target_session_attrs=any"
    await (await primary.connect(anyone, timeout=5)).close()


async def test_a_server_that_was_demoted_is_left(database_url: str) -> None:
    settings = make_settings("amqp://unused", database_url)
    events = [Event.parse(json.dumps(make_event()))]
    async with new_pool(settings, url=database_url, application="a test") as pool:
        recorder = Recorder(pool, mode=CatalogueMode.REGISTER, geo_enabled=True)
        await read_only(database_url)
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError) as caught:
            await recorder.record(events)
        assert is_outage(caught.value)
        # What a session may is settled when it begins.
        await read_only(database_url, "off")
        assert len((await recorder.record(events)).fresh) == 1


async def read_only(url: str, value: str = "on") -> None:
    """For sessions that begin from now on."""
    connection = await asyncpg.connect(
        url, server_settings={"default_transaction_read_only": "off"}
    )
    try:
        name = URL(url).path[1:]
        await connection.execute(
            f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}'
        )
    finally:
        await connection.close()
