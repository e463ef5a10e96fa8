"""Events as pydantic's documentation reads them, published as aio-pika's shows it.

A robust connection, confirms, one publish after another, each persistent and mandatory:
https://docs.aio-pika.com/ and https://docs.pydantic.dev/latest/concepts/models/
"""

import hmac
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aio_pika
from aio_pika.abc import AbstractExchange
from pydantic import BaseModel, ConfigDict, Field

from shared.amqp.topology import EVENTS_EXCHANGE, routing_key

_TOKEN = f"Bearer {os.environ['REGISTRY_EVENTS_TOKENS']}".encode()


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class Target(_Part):
    repository: str
    tag: str | None = None
    digest: str | None = None
    media_type: str | None = Field(None, alias="mediaType")


class Event(_Part):
    id: str
    timestamp: datetime
    action: str
    target: Target
    request: dict[str, Any] = {}
    actor: dict[str, Any] = {}
    source: dict[str, Any] = {}


class Envelope(BaseModel):
    events: list[Event]


def is_known(authorization: str | None) -> bool:
    return hmac.compare_digest((authorization or "").encode(), _TOKEN)


@asynccontextmanager
async def exchange() -> AsyncIterator[AbstractExchange]:
    """The topology is declared already."""
    async with await aio_pika.connect_robust(os.environ["AMQP_URL"]) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        yield await channel.get_exchange(EVENTS_EXCHANGE)


async def publish(exchange: AbstractExchange, events: Sequence[Event]) -> None:
    """Raises aio-pika's errors if the broker does not confirm one."""
    for event in events:
        message = aio_pika.Message(
            event.model_dump_json(by_alias=True, exclude_unset=True).encode(),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await exchange.publish(message, routing_key(event.action), mandatory=True)
