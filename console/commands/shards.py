"""registry-events shards."""

import asyncio
import logging
from typing import Final

import click

from console.commands.settings import load_or_exit
from console.sharding.change import change
from console.sharding.errors import ShardsError
from console.words import away
from shared.amqp import shards as topology
from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.errors import BrokerAwayError, broker_errors
from shared.amqp.nodes import Nodes
from shared.amqp.topology import TopologyConflictError
from shared.configuration import secret
from shared.settings import Settings

# Of the broker, whose connection is idle while workers are waited for.
_HEARTBEAT: Final = 10


@click.command()
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for workers to begin with a queue, or to be done with it.",
)
def shards(*, seconds: float) -> None:
    """Spread repositories over REGISTRY_EVENTS_SHARDS queues, while events come and go.

    A queue that is added gets events once a worker takes from it; one that is too many gets none
    any more, is emptied and deleted. Nothing is lost, and it may be run again at any time.

    Exit codes: 0 done; 1 not yet, as it says; 2 wrong usage or settings.
    """
    settings = load_or_exit(("amqp_url",))
    # What a library could say of a broker that is away is said below.
    logging.disable()
    try:
        asyncio.run(_shards(settings, seconds))
    except BrokerAwayError as error:
        raise click.ClickException(away.broker(secret(settings.amqp_url), str(error))) from None
    except (ShardsError, TopologyConflictError) as error:
        raise click.ClickException(str(error)) from None
    queues = [topology.queue_of(shard) for shard in range(settings.shards)]
    click.echo(f"events go to {', '.join(queues)}")


async def _shards(settings: Settings, seconds: float) -> None:
    nodes = Nodes(secret(settings.amqp_url), heartbeat=_HEARTBEAT)
    plug = wire.Wire()
    name = "registry-events shards"
    async with wire.connected(nodes, name=name, seconds=away.ANSWER, wire=plug) as connection:
        outer = await broker_errors(connection.channel(), away.ANSWER)
        await broker_errors(topology.declare(outer, topology.Wanted(settings.shards)), away.ANSWER)
        channel = await Channel.of(outer, plug)
        await change(channel, settings.shards, seconds=seconds, say=click.echo)
