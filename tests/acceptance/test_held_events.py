"""Events that workers have in hand and cannot record are no events that nobody has."""

import re

from tests.factories import make_envelope, make_event
from tests.locks import WRITERS_WAIT, locked
from tests.processes import Processes, Service
from tests.reports import reported_request, send
from tests.running import TOKEN
from tests.status import status
from tests.waiting import eventually


async def shown(processes: Processes, *services: Service) -> str:
    addresses = ",".join(f"http://127.0.0.1:{one.port}" for one in services)
    done = await status(processes.amqp_url, processes.database_url, console_services=addresses)
    return done.stdout


async def test_events_behind_a_lock_are_said_to_be_held(processes: Processes) -> None:
    ingest, worker = processes.ingest(), processes.worker(database_timeout=2)
    request = reported_request("23-unacked-not-visible")
    async with processes.pipeline(ingest) as pipeline:
        assert (await pipeline.post(make_envelope(make_event()))).status == 200
        await pipeline.settled(1)
        async with locked(processes.database_url, WRITERS_WAIT):
            answer = await send(pipeline, request, Authorization=f"Bearer {TOKEN}")
            assert answer.status == 200

            async def held() -> str:
                text = await shown(processes, ingest, worker)
                return text if "! workers hold 1 event for " in text else ""

            text = await eventually(held)
            assert re.match(r"(DEGRADED|DOWN): ", text)
            assert re.search(r"^registry\.events +0 +1 +1 ", text, re.MULTILINE)
            assert re.search(r"^worker .*, 1 in hand for \d+ s$", text, re.MULTILINE)
        await pipeline.settled(2)

        async def free() -> bool:
            text = await shown(processes, ingest, worker)
            return bool(re.search(r"^registry\.events +0 +0 +1 ", text, re.MULTILINE))

        await eventually(free)
    # What kept the worker stands in its log in words.
    assert '"error": "no answer in time"' in worker.log
    assert "TimeoutError" not in worker.log
