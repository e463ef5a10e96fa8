"""A real broker has what the AsyncAPI document says, and a real ingest publishes as it says."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aio_pika import ExchangeType, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.amqp import kept, shards, topology
from shared.amqp.shards import Wanted
from tests import samples
from tests.asyncapi import DEAD_LETTER, DOCUMENT, EVENT, faults
from tests.factories import make_envelope, make_event
from tests.running import TOKEN, Pipeline, running_pipeline
from tests.waiting import eventually

CHANNELS: Mapping[str, Any] = DOCUMENT["channels"]
DAY = 24 * 3600
CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.json"))
HOSTILE = [
    *(b"", b"{", b"null", b"\xff\xfe", b"[]", b'{"events": 1}', b'{"events": [1, null, {}]}'),
    make_envelope(make_event(id="")),
    make_envelope(make_event(actor={"name": "\x00\ud800"}), make_event("push", "")),
    make_envelope(make_event("invented"), make_event("x" * 61)),
    make_envelope(make_event(extra={"a": [[[[[[1]]]]]]})).replace(b"alice", b"ali\xffce"),
    make_envelope(make_event("rename", target={"rename": {"from": "team/app", "to": "a/b"}})),
    b" " * (5 * 1024 * 1024),
]


@pytest.fixture
async def channel(amqp_url: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(amqp_url) as connection:
        yield await connection.channel(on_return_raises=True)


@pytest.fixture
async def declared(channel: AbstractChannel) -> AbstractChannel:
    """With all that the program declares, of two shards."""
    underlay = await channel.get_underlay_channel()
    await shards.declare(channel, Wanted(shards=2, pulls=True, keep=DAY))
    await shards.declare_queue(underlay, 1)
    arguments = kept.arguments(DAY)
    await channel.declare_queue(kept.KEPT_QUEUE, durable=True, arguments={**arguments})
    return channel


@pytest.mark.parametrize("name", CHANNELS)
async def test_the_broker_has_what_is_described(declared: AbstractChannel, name: str) -> None:
    told = CHANNELS[name]
    binding, arguments = told["bindings"]["amqp"], told.get("x-arguments", {})
    if binding["is"] == "queue":
        address = binding["queue"]["name"].format(shard=1)
        # Other arguments than it has are refused.
        await declared.declare_queue(address, durable=True, arguments=arguments)
    else:
        exchange = binding["exchange"]["name"]
        await declared.declare_exchange(
            exchange, ExchangeType.TOPIC, durable=True, arguments=arguments
        )


@pytest.mark.parametrize("name", ["work", "pulls", "kept", "deadLetters"])
async def test_a_queue_has_its_messages_as_described(declared: AbstractChannel, name: str) -> None:
    bound, address = CHANNELS[name]["x-bound"], CHANNELS[name]["address"]
    exchange = (
        await declared.get_exchange(bound["exchange"])
        if bound["exchange"]
        else declared.default_exchange
    )
    for key in bound["routingKeys"]:
        await exchange.publish(Message(b"{}"), routing_key=key.replace("#", "event"))

    async def there() -> bool:
        queue = await declared.declare_queue(address, passive=True)
        return queue.declaration_result.message_count == len(bound["routingKeys"])

    await eventually(there)


async def test_what_ingest_publishes_is_as_described(
    amqp_url: str, database_url: str, channel: AbstractChannel
) -> None:
    await topology.declare(channel)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(topology.EVENTS_EXCHANGE, "event.#")
    await queue.bind(topology.DEAD_EXCHANGE, "#")
    async with running_pipeline(
        amqp_url,
        database_url,
        workers=0,
        # A proof that holds for a broken body too.
        sources=json.dumps([{**one.source, "auth": {"token": [TOKEN]}} for one in samples.ALL]),
    ) as pipeline:
        published = await send_all(pipeline)
    messages: list[AbstractIncomingMessage] = []
    while message := await queue.get(no_ack=True, fail=False):
        messages.append(message)
    assert len(messages) == published
    assert {one.exchange for one in messages} == {topology.EVENTS_EXCHANGE, topology.DEAD_EXCHANGE}
    assert [wrong for one in messages if (wrong := wrong_in(one))] == []


async def send_all(pipeline: Pipeline) -> int:
    """Every capture, every sample and what is hostile; how many messages that makes."""
    captured = [
        request["body"].encode()
        for capture in CAPTURES
        for request in json.loads(capture.read_text())["requests"]
    ]
    answers = [await pipeline.post(body) for body in (*captured, *HOSTILE)]
    for sample in samples.ALL:
        headers = {name.replace("-", "_"): text for name, text in sample.headers.items()}
        headers.pop("Authorization", None)
        answers += [
            await pipeline.post(body, path=sample.path, **headers) for body in (sample.body, b"{")
        ]
    assert {answer.status for answer in answers} == {200}
    counts = [one.json for one in answers if "accepted" in one.json]
    return sum(one["accepted"] + one["dead_lettered"] for one in counts)


def wrong_in(message: AbstractIncomingMessage) -> Sequence[str]:
    is_dead = message.exchange == topology.DEAD_EXCHANGE
    found = faults(DEAD_LETTER if is_dead else EVENT, message.headers, message.body)
    (address,) = [
        one["address"]
        for one in CHANNELS.values()
        if one["bindings"]["amqp"].get("exchange", {}).get("name") == message.exchange
    ]
    key = re.escape(address).replace(r"\{action\}", ".+")
    if not re.fullmatch(key, message.routing_key or ""):
        found.append(f"routing key {message.routing_key}")
    binding = DOCUMENT["operations"]["bury" if is_dead else "publish"]["bindings"]["amqp"]
    if message.delivery_mode != binding["deliveryMode"] or not message.timestamp:
        found.append("is not persistent, or has no timestamp")
    if not re.fullmatch("[0-9a-f]{32}", message.message_id or ""):
        found.append(f"message id {message.message_id}")
    if message.content_type != DOCUMENT["defaultContentType"]:
        found.append(f"is {message.content_type}")
    return found
