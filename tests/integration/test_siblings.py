"""Several processes of a service answer as one, whichever of them is asked."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from console.local.network.ports import LOOPBACK
from shared import health
from shared.metrics import BrokerFigures
from shared.reporting import State
from shared.service import StartError, listening
from shared.siblings import Siblings


@asynccontextmanager
async def process(
    directory: Path, number: int, *, of: int = 2, missing: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """One of them, on an address of its own; gives its URL."""
    figures = BrokerFigures()
    figures.dead_letters.labels("invalid_event").inc(number)

    async def look() -> State:
        if missing == {"never": ""}:
            await asyncio.Event().wait()
        return State(missing or {})

    app = web.Application()
    health.add_routes(
        app,
        look=look,
        registry=figures.registry,
        details=lambda: {"seen": number},
        sum_up=lambda documents: {"seen": sum(one["seen"] for one in documents)},
        siblings=Siblings(number, of, directory),
    )
    async with listening(app, f"{LOOPBACK}:0", drain_timeout=0.1) as address:
        yield f"http://{address}"


async def ask(url: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


async def test_each_of_them_answers_for_all(tmp_path: Path) -> None:
    async with process(tmp_path, 1) as first, process(tmp_path, 2) as second:
        for url in (first, second):
            assert await ask(f"{url}/health/live") == (200, {"live": True, "missing": {}})
            whole = {"ready": True, "missing": {}, "processes": 2, "seen": 3}
            assert await ask(f"{url}/health/ready") == (200, whole)
            _, text = await ask(f"{url}/metrics")
            dead = {
                sample.labels["process"]: sample.value
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if sample.name == "registry_events_dead_letters_total"
            }
            assert dead == {"1": 1, "2": 2}


async def test_what_one_of_them_lacks_is_missing(tmp_path: Path) -> None:
    away = {"broker": "away"}
    async with process(tmp_path, 1) as url, process(tmp_path, 2, missing=away):
        status, document = await ask(f"{url}/health/ready")
        assert (status, document["ready"]) == (503, False)
        assert document["missing"] == {"broker": "process 2: away"}
        assert (await ask(f"{url}/health/live"))[0] == 200


async def test_one_that_does_not_answer_is_named_and_the_others_are_told(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(process(tmp_path, 1, of=3))
        await stack.enter_async_context(process(tmp_path, 2, of=3, missing={"never": ""}))
        status, document = await ask(f"{url}/health/ready")
        assert status == 503
        assert document["missing"] == {
            "process 2": "no answer within 1.5 s",
            "process 3": "it does not run",
        }
        assert document["seen"] == 1
        live = {"live": False, "missing": {"process 3": "it does not run"}}
        assert await ask(f"{url}/health/live") == (503, live)
        assert 'process="2"' in (await ask(f"{url}/metrics"))[1]


async def test_one_that_takes_the_place_of_another_answers_in_it(tmp_path: Path) -> None:
    async with process(tmp_path, 1) as url:
        with socket.socket(socket.AF_UNIX) as killed:
            # It leaves this behind.
            killed.bind(str(tmp_path / "2.socket"))
        assert (await ask(f"{url}/health/ready"))[0] == 503
        async with process(tmp_path, 2):
            assert (await ask(f"{url}/health/ready"))[0] == 200


async def test_a_directory_that_cannot_be_used_keeps_it_from_starting(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"cannot listen on .*absent/1\.socket: "):
        async with process(tmp_path / "absent", 1):
            pass
