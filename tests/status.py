"""`registry-events status`, as an operator runs it beside a pipeline of a test."""

import asyncio
import subprocess

from tests.processes import run, variables
from tests.running import Pipeline, amqp_url


async def status(
    amqp: str, database: str, *options: str, **settings: object
) -> subprocess.CompletedProcess[str]:
    done = await asyncio.to_thread(
        run, "status", *options, AMQP_URL=amqp, DATABASE_URL=database, **variables(**settings)
    )
    assert "Traceback" not in done.stderr
    return done


async def status_of(pipeline: Pipeline, *options: str, services: bool = True) -> str:
    """What it prints; with `services` it is told where ingest and worker are."""
    settings = pipeline.settings
    assert settings.database_url
    told = f"{pipeline.url},http://{settings.worker_listen}" if services else ""
    database = settings.database_url.get_secret_value()
    done = await status(amqp_url(settings), database, *options, console_services=told)
    return done.stdout
