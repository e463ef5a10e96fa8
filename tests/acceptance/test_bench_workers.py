"""Whoever is measured beside our worker does the same work."""

from pathlib import Path

import asyncpg
import pytest

from tests.bench import backlog
from tests.bench.servers import Place
from tests.bench.workers import OUR_WORKER, WORKERS, Worker

EVENTS = 200
# Four pushes an image, the last of them tagged, and each image in a repository of its own.
IMAGES = 50
TRACKED = """
SELECT count(*), count(container_repository_id), count(DISTINCT repository), count(digest),
    count(media_type), count(actor), count(source), count(request_id), count(request_method),
    count(user_agent), count(tag), count(*) FILTER (WHERE action = 'push_tag')
FROM tracking_events
"""
GEO = """
SELECT count(*), max(id) - min(id) + 1, count(DISTINCT container_repository_id),
    count(*) FILTER (WHERE action = 'push'), count(tag), count(digest)
FROM geo_events
"""
REPOSITORIES = "SELECT count(*) FROM container_repositories WHERE NOT creation_pending"
CREATED = "SELECT count(*) FROM tracking_events WHERE action = 'create_repository'"


@pytest.fixture
def place(amqp_url: str, database_url: str, tmp_path: Path) -> Place:
    return Place(amqp_url, database_url, tmp_path)


@pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.name)
async def test_the_same_work(worker: Worker, place: Place) -> None:
    if not worker.is_installed:
        pytest.skip("what `make bench` installs for it is not there")
    await worker.prepare(place)
    with worker.running(place):
        await worker.ready(place)
        await worker.fill(place, EVENTS)
        await backlog.recorded(place.database_url, EVENTS)
    database = await asyncpg.connect(place.database_url)
    assert tuple(await database.fetchrow(TRACKED) or ()) == (
        *(EVENTS, EVENTS, IMAGES),
        *[EVENTS] * 7,
        *(IMAGES, IMAGES),
    )
    assert tuple(await database.fetchrow(GEO) or ()) == (IMAGES,) * 6
    assert await database.fetchval(REPOSITORIES) == IMAGES
    if worker.has_geo_counter:
        assert await database.fetchval(CREATED) == IMAGES
    await database.close()


def test_one_that_is_not_installed_is_known_as_such() -> None:
    assert OUR_WORKER.is_installed
    assert not Worker("absent", ("absent",), library="no_such_library").is_installed
