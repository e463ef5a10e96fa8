"""The tables' upkeep, by a worker beside its work."""

import asyncio
import random
from typing import Final

from shared import faults
from shared.configuration import secret
from shared.database import ERRORS, Pool, new_pool
from shared.logs import get_logger
from shared.partitions.acts import Verb
from shared.partitions.retention import Retention
from shared.partitions.upkeep import keep_up
from shared.settings import Settings

# Seconds. Partitions are made months ahead, so there is no hurry; soon after the start, but that of
# many workers is not one moment.
_EVERY: Final = 600.0
_FIRST: Final = 2.0


async def run(settings: Settings) -> None:
    """One round after another, until it is cancelled; a failure is logged and stops nothing.

    On a connection of its own: what waits for a lock here keeps no batch waiting.
    """
    pause = _FIRST
    async with new_pool(
        settings,
        url=secret(settings.database_url),
        application="registry-events worker upkeep",
        size=1,
    ) as pool:
        while True:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  no secret
            pause = _EVERY
            await _round(pool, Retention.of(settings))


async def _round(pool: Pool, retention: Retention) -> None:
    log = get_logger()
    try:
        async for act in keep_up(pool, retention):
            # What a site has yet to read would be said again and again.
            say = log.debug if act.verb is Verb.KEPT else log.info
            say("partitions.kept_up", **act.document())
    except ERRORS as error:
        log.warning("partitions.not_kept_up", error=faults.in_words(error))
