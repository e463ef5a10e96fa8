"""The two ways that CONTRIBUTING tells, as the program goes them: file by file, in this order."""

import asyncio
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from console.cli import main
from shared import logs
from shared.amqp.topology import DEAD_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.running import running_pipeline
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
REPOSITORY = "team/refused"
REFUSE = f"ALTER TABLE tracking_events ADD CONSTRAINT refused CHECK (repository <> '{REPOSITORY}')"
ALLOW = "ALTER TABLE tracking_events DROP CONSTRAINT refused"


def told(title: str) -> Sequence[str]:
    """The files of the ten lines below a title."""
    section = CONTRIBUTING.partition(f"### {title}\n")[2].partition("\n#")[0]
    lines = re.findall(r"^\d+\. ([^:]*):", section, re.MULTILINE)
    assert len(lines) == 10, title
    return re.findall(r"`([\w/]+\.py)`", "\n".join(lines))


class Way:
    """Notes which of the files are entered, each when it is for the first time.

    From the first of them on: what is alive anyway, as a look at the broker, goes on meanwhile.
    """

    def __init__(self, title: str) -> None:
        self.told = told(title)
        self.gone: list[str] = []
        self._places = {str(ROOT / one): one for one in self.told}

    def __enter__(self) -> None:
        sys.setprofile(self._note)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        one = self._places.get(frame.f_code.co_filename)
        begun = self.gone or one == self.told[0]
        if event == "call" and one and begun and one not in self.gone:
            self.gone.append(one)


async def test_from_a_post_to_its_row(amqp_url: str, database_url: str) -> None:
    way = Way("One event, from its POST to its row")
    async with running_pipeline(amqp_url, database_url) as pipeline:
        with way:
            answer = await pipeline.post(make_envelope(make_event(target={"tag": "v1"})))
            await pipeline.settled(1)
    assert answer.status == 200
    assert way.gone == way.told


async def die(way: Way, amqp_url: str, database_url: str) -> None:
    body = make_envelope(make_event(target={"repository": REPOSITORY}))
    async with running_pipeline(amqp_url, database_url, worker_attempts=1) as pipeline:
        await pipeline.database.execute(REFUSE)
        with way:
            await pipeline.post(body)
            await eventually(partial(waiting, amqp_url, DEAD_QUEUE))


async def live(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.database.execute(ALLOW)
        await pipeline.settled(1)


def test_from_its_death_to_requeue(
    amqp_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Way("One dead letter, from its death to requeue")
    monkeypatch.setenv("AMQP_URL", amqp_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    # Those of this process are the tests' own.
    monkeypatch.setattr(logs, "configure", lambda **_: None)
    asyncio.run(die(way, amqp_url, database_url))
    with way, pytest.raises(SystemExit, match=r"^0$"):
        main(["dead-letters", "requeue", "--all", "--yes"], standalone_mode=False)
    asyncio.run(live(amqp_url, database_url))
    assert way.gone == way.told
