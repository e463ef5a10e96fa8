"""What `config check --connect` says of a broker's own settings, by its management API."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from console.commands.config.management import advice
from console.local.network.ports import LOOPBACK
from console.local.servers.rabbitmq import RabbitMQ
from shared.configuration import load
from shared.settings import Settings
from tests.broker_shell import evaluate
from tests.running import running_pipeline
from tests.waiting import eventually

DEFINITIONS = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json"
LOW = "rabbit_disk_monitor:set_disk_free_limit({0})."


def settings_of(rabbitmq: RabbitMQ, amqp_url: str, login: str = "guest:guest") -> Settings:
    place = rabbitmq.management_url.replace("://", f"://{login}@")
    return load(amqp_url=amqp_url, management_url=f"{place}/")


@pytest.fixture
def policies(rabbitmq: RabbitMQ, amqp_url: str) -> None:
    vhost = amqp_url.rpartition("/")[2]
    for name, pattern, definition in (
        ("short\x1b", "^registry.events$", {"message-ttl": 60_000, "max-length": 5}),
        ("others", "^else", {"expires": 1_000}),
    ):
        body = {"pattern": pattern, "definition": definition, "apply-to": "queues"}
        path = f"/api/policies/{vhost}/{name}".replace("\x1b", "%1B")
        rabbitmq.management.call("PUT", path, body)


async def test_policies_that_take_events_away_are_named(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str, policies: None
) -> None:
    del policies
    settings = settings_of(rabbitmq, amqp_url)

    async def said() -> list[str]:
        return [one for one in await advice(settings) if "policy short" in one]

    async with running_pipeline(amqp_url, database_url):
        # The broker applies a policy when it comes to it.
        found = await eventually(said)
    assert [one.partition(": the")[0].partition(": what")[0] for one in found] == [
        "REGISTRY_EVENTS_MANAGEMENT_URL: queue registry.events: policy short\\x1b sets max-length",
        "REGISTRY_EVENTS_MANAGEMENT_URL: queue registry.events: policy short\\x1b sets message-ttl",
    ]


async def test_the_policy_that_is_shipped_leaves_workers_what_they_hold(
    rabbitmq: RabbitMQ, amqp_url: str, database_url: str
) -> None:
    call, vhost = rabbitmq.management.call, amqp_url.rpartition("/")[2]
    if call("GET", "/api/overview")["rabbitmq_version"].startswith("3.10."):
        pytest.skip("this release has no policy for it and does not tell what it is set to")
    settings = settings_of(rabbitmq, amqp_url)

    async def held(minutes: str) -> bool:
        connected = await asyncio.to_thread(call, "GET", f"/api/consumers/{vhost}")
        said = [one for one in await advice(settings) if "queue registry.events:" in one]
        return bool(connected) and (minutes in "".join(said) if minutes else not said)

    async with running_pipeline(amqp_url, database_url):
        assert await eventually(partial(held, "each 30 minutes"))
    shipped = json.loads(DEFINITIONS.read_text())
    for policy in shipped["policies"]:
        policy["vhost"] = vhost
    call("POST", "/api/definitions", shipped)
    async with running_pipeline(amqp_url, database_url):
        assert await eventually(partial(held, ""))


async def test_a_disk_that_may_run_full_is_named(rabbitmq: RabbitMQ, amqp_url: str) -> None:
    settings = settings_of(rabbitmq, amqp_url)

    async def low() -> list[str]:
        return [one for one in await advice(settings) if "50 MB" in one]

    evaluate(rabbitmq, LOW.format(50_000_000))
    (found,) = await eventually(low)
    assert "disk_free_limit.absolute" in found
    evaluate(rabbitmq, LOW.format(2_000_000_000))

    async def high() -> bool:
        return await advice(settings) == []

    assert await eventually(high)


async def test_who_may_not_ask_is_told_what_is_needed(rabbitmq: RabbitMQ, amqp_url: str) -> None:
    (found,) = await advice(settings_of(rabbitmq, amqp_url, "guest:s3cret-w0rd"))
    assert "answered 401; its user needs the tag monitoring" in found
    assert "s3cret" not in found


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b"[1]", b"[" * 100_000, b"\xff", b"<html>"], ids=lambda one: one[:5]
)
async def test_who_is_no_broker_is_said_to_be_none(amqp_url: str, answer: bytes) -> None:
    async def respond(_: web.Request) -> web.Response:
        return web.Response(body=answer)

    app = web.Application()
    app.router.add_get("/api/{rest:.*}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        (found,) = await advice(load(amqp_url=amqp_url, management_url=url))
        assert found.endswith("answered what is none of RabbitMQ's lists")
    finally:
        await runner.cleanup()
    (away,) = await advice(load(amqp_url=amqp_url, management_url=url))
    assert "it cannot be asked what the broker is set to" in away
