"""Exchanges and queues, as channels: what is published where, and where it is taken from."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.amqp import kept
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.shards import EXCHANGE_ARGUMENTS, QUEUE_ARGUMENTS, SHARDED_EXCHANGE, keys_of
from shared.amqp.topology import (
    DEAD_ARGUMENTS,
    DEAD_EXCHANGE,
    DEAD_QUEUE,
    EVENTS_ARGUMENTS,
    EVENTS_EXCHANGE,
    EVENTS_QUEUE,
    PULLS_QUEUE,
    routing_key,
    sharded,
)
from shared.event import PULL, SUPPORTED_ACTIONS

VERSION: Final = "0.3.0"
_EVENT: Final = ("Event",)
_DEAD: Final = ("DeadLetter", "DroppedByBroker")
_ACTION: Final = {"action": {"description": "The registry's verb."}}
_SHARD: Final = {"shard": {"description": "A number from 1."}}
_A_DAY: Final = 24 * 3600


def channels() -> Mapping[str, Any]:
    keys = [routing_key(action) for action in sorted(SUPPORTED_ACTIONS)]
    key, first_key = routing_key("{action}"), routing_key(PULL)
    return {
        "events": _exchange(EVENTS_EXCHANGE, key, _EVENT, parameters=_ACTION),
        "shardedEvents": _exchange(
            SHARDED_EXCHANGE,
            sharded(key, "{shard}"),
            _EVENT,
            parameters=_ACTION | _SHARD,
            arguments=EXCHANGE_ARGUMENTS,
        ),
        "deadEvents": _exchange(DEAD_EXCHANGE, "event", _DEAD),
        "work": _queue(EVENTS_QUEUE, _EVENT, EVENTS_ARGUMENTS, (EVENTS_EXCHANGE, keys)),
        "shard": _queue(
            f"{EVENTS_QUEUE}.{{shard}}",
            _EVENT,
            QUEUE_ARGUMENTS,
            (SHARDED_EXCHANGE, keys_of("{shard}")),
            parameters=_SHARD,
        ),
        "pulls": _queue(PULLS_QUEUE, _EVENT, EVENTS_ARGUMENTS, (EVENTS_EXCHANGE, [first_key])),
        "kept": _queue(KEPT_QUEUE, _EVENT, kept.arguments(_A_DAY), ("", [KEPT_QUEUE])),
        "deadLetters": _queue(DEAD_QUEUE, _DEAD, DEAD_ARGUMENTS, (DEAD_EXCHANGE, ["#"])),
    }


def _exchange(
    name: str,
    key: str,
    messages: Sequence[str],
    *,
    parameters: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    exchange = {"name": name, "type": "topic", "durable": True, "autoDelete": False}
    binding = {"is": "routingKey", "exchange": exchange, "bindingVersion": VERSION}
    return _channel(key, messages, binding, parameters, arguments)


def _queue(
    name: str,
    messages: Sequence[str],
    arguments: Mapping[str, Any],
    bound: tuple[str, Sequence[str]],
    *,
    parameters: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """`bound` is the exchange it has its messages from, and by which routing keys."""
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False}
    binding = {"is": "queue", "queue": queue, "bindingVersion": VERSION}
    exchange, keys = bound
    told = {"x-bound": {"exchange": exchange, "routingKeys": list(keys)}}
    return {**_channel(name, messages, binding, parameters, arguments), **told}


def _channel(
    address: str,
    messages: Sequence[str],
    binding: Mapping[str, Any],
    parameters: Mapping[str, Any] | None,
    arguments: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    return {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        **({"parameters": parameters} if parameters else {}),
        "bindings": {"amqp": binding},
        **({"x-arguments": arguments} if arguments else {}),
    }
