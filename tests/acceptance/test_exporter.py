"""The exporter as an operator starts and stops it."""

from shared.metrics import PREFIX
from tests.factories import make_event
from tests.processes import Processes, post_all


async def test_it_shows_what_waits_until_it_is_told_to_stop(processes: Processes) -> None:
    ingest = processes.ingest()
    async with processes.pipeline(ingest) as pipeline:
        await post_all(pipeline, [make_event() for _ in range(3)])
    exporter = processes.start("exporter")
    # After its first look.
    exporter.wait_until_ready()
    assert exporter.metric(f"{PREFIX}queue_messages", queue="registry.events") == 3
    assert exporter.metric(f"{PREFIX}queue_oldest_seconds", queue="registry.events") >= 0
    assert exporter.metric(f"{PREFIX}exporter_up", server="database") == 1
    await exporter.terminate()
