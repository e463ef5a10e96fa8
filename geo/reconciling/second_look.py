"""A second look at what differs: what is on its way from a registry to its row is no drift."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from geo.reconciling import records
from geo.reconciling.drift import Drift, drift, is_still
from geo.reconciling.first_look import TOGETHER
from geo.reconciling.walk import Failure, Walk
from geo.registry.descriptor import Descriptor
from geo.registry.errors import RegistryError
from shared.database import Pool


class Confirmed(NamedTuple):
    """A drift that both looks showed; `observed` is a moment before the registry said so again."""

    drift: Drift
    observed: datetime


class Answer(NamedTuple):
    """What the registry has now of a tag that differed."""

    first: Drift
    found: Descriptor | None
    observed: datetime


async def second_look(
    walk: Walk,
    pool: Pool,
    source: str,
    drifts: Sequence[Drift],
    arrived: Callable[[], Awaitable[object]],
) -> tuple[Sequence[Confirmed], Sequence[Failure]]:
    """Those that are as they were, and those of which the registry would not say.

    `arrived` waits until what was sent before it was asked is recorded. Raises what asyncpg raises.
    """
    answers: list[Answer] = []
    failures: list[Failure] = []
    for at in range(0, len(drifts), TOGETHER):
        asked = (_ask(walk, one) for one in drifts[at : at + TOGETHER])
        for one in await asyncio.gather(*asked):
            if isinstance(one, Failure):
                failures.append(one)
            else:
                answers.append(one)
    await arrived()
    confirmed: list[Confirmed] = []
    for at in range(0, len(answers), TOGETHER):
        confirmed += await _confirmed(pool, source, answers[at : at + TOGETHER])
    return confirmed, failures


async def _ask(walk: Walk, first: Drift) -> Answer | Failure:
    observed = datetime.now(UTC)
    try:
        found = await walk.digest(first.repository, first.tag)
    except RegistryError as error:
        return Failure(f"{first.repository}:{first.tag}", str(error))
    return Answer(first, found, observed)


async def _confirmed(pool: Pool, source: str, answers: Sequence[Answer]) -> Sequence[Confirmed]:
    moved = await records.renames(pool, source)
    paths = list({one.first.repository for one in answers})
    known = await records.read(pool, source, paths, moved)
    return [
        Confirmed(first, observed)
        for first, found, observed in answers
        if is_still(
            first,
            drift(first.repository, first.tag, found, known[first.repository].tags.get(first.tag)),
        )
    ]
