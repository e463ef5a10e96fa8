"""What systemd hears of a service, by what it is seen to be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.reporting import State, report
from shared.service import background
from tests.notified import Systemd, systemd
from tests.waiting import eventually


class Service:
    def __init__(self) -> None:
        self.state = State()

    async def look(self) -> State:
        return self.state


@pytest.fixture(autouse=True)
def _no_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest has its own.
    monkeypatch.setattr("faulthandler.enable", lambda: None)


@asynccontextmanager
async def reported(
    service: Service, directory: Path, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> AsyncIterator[tuple[Systemd, asyncio.Event]]:
    stop = asyncio.Event()
    with systemd(directory / "notify") as heard:
        monkeypatch.setenv("NOTIFY_SOCKET", heard.path)
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        async with background(stop, report(stop, service.look)):
            yield heard, stop
        heard.hear()


async def test_ready_is_said_once_and_when_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service()
    service.state = State({"broker": "away\nREADY=1"})
    async with reported(service, tmp_path, monkeypatch, WATCHDOG_USEC="200000") as (heard, stop):
        await eventually(lambda: heard.has("STATUS", "waits: broker: away\\x0aREADY=1"))
        assert heard.count("READY") == 0
        service.state = State()
        await eventually(lambda: heard.has("STATUS", "ready"))
        service.state = State({"broker": "away"})
        await eventually(lambda: heard.has("STATUS", "waits: broker: away"))
        service.state = State()

        async def again() -> bool:
            return heard.pings_since("ready") > 2

        await eventually(again)
        assert heard.count("READY") == 1
        stop.set()
        await eventually(lambda: heard.has("STOPPING", "1"))


async def test_who_stands_still_is_not_said_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service()
    async with reported(service, tmp_path, monkeypatch, WATCHDOG_USEC="100000") as (heard, _):
        await eventually(lambda: heard.has("WATCHDOG", "1"))
        service.state = State(still=0.1)
        await eventually(lambda: heard.has("STATUS", "stuck: there is work"))
        # It has looked since.
        service.state = State({"database": "away"}, still=0.1)
        await eventually(lambda: heard.has("STATUS", "stuck: database: away"))
        assert heard.pings_since("stuck: there is work") == 0
        service.state = State()

        async def goes_on() -> bool:
            return heard.pings_since("stuck") > 0

        await eventually(goes_on)


async def test_it_ends_with_the_service_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reported(Service(), tmp_path, monkeypatch) as (heard, stop):
        await eventually(lambda: heard.has("READY", "1"))
        assert not stop.is_set()
        assert heard.count("WATCHDOG") == 0
    assert heard.said[-1] == {"STOPPING": "1", "STATUS": "stopping"}


async def test_without_systemd_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    stop = asyncio.Event()

    async def never() -> State:
        raise AssertionError

    async with background(stop, report(stop, never)):
        await asyncio.sleep(0)
        assert not stop.is_set()
