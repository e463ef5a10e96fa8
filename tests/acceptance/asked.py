"""Every command of ours, what it is asked here, and what it says while a server is away."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import click

from console.lazy_group import LazyGroup
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.acceptance.burying import bury
from tests.databases import TEMPLATE, create_database, make_template
from tests.factories import make_event
from tests.forked_command import forking
from tests.outages import SETTINGS, Outage, Server
from tests.processes import variables

# What an operator is promised.
SOON = 3.0
# Four commands start at once on what may be two cores, and other tests run beside them. That nobody
# waits longer than two seconds for a server is in what they say.
LOADED = 6.0
AT_ONCE = 4
SERVES = "starts, and waits for its servers"


@dataclass(frozen=True)
class Asked:
    """`away`: the exit code when that server is; one that is not named is not asked."""

    arguments: Sequence[str] = ()
    away: Mapping[Server, int] = field(default_factory=dict)


# Without the database the log has the audit trail.
CHANGE: Mapping[Server, int] = {"broker": 5, "database": 0}
COMMANDS: Mapping[str, Asked | str] = {
    "completion": Asked(["bash"]),
    "config check": Asked(["--connect"], {"broker": 2, "database": 2}),
    "config show": Asked(),
    "console": SERVES,
    "dead-letters discard": Asked(["--id", "{id}", "--yes"], CHANGE),
    "dead-letters edit": Asked(["{id}", "--yes"], CHANGE),
    "dead-letters export": Asked([], {"broker": 5}),
    "dead-letters history": Asked([], {"database": 5}),
    "dead-letters import": Asked(["{file}", "--yes"], CHANGE),
    "dead-letters list": Asked([], {"broker": 5}),
    "dead-letters requeue": Asked(["--id", "{id}", "--yes"], CHANGE),
    "dead-letters show": Asked(["{id}"], {"broker": 5}),
    "dead-letters summary": Asked([], {"broker": 5}),
    "dead-letters tail": Asked(["--follow"], {"broker": 5}),
    "events search": Asked([], {"database": 5}),
    "events show": Asked(["{id}"], {"database": 5}),
    "explain": Asked(),
    "exporter": SERVES,
    "forward": Asked(["--retry-refused"], {"database": 1}),
    "geo follow": SERVES,
    "geo serve": SERVES,
    "geo sites add": Asked(["lima"], {"database": 5}),
    "geo sites remove": Asked(["lima", "--yes"], {"database": 5}),
    "geo sites retry": Asked(["lima"], {"database": 5}),
    "geo sites show": Asked(["lima"], {"database": 5}),
    "geo sync": Asked(
        ["--once", "--site=a", "--primary=http://a.invalid", "--secondary=http://b.invalid"],
        {"database": 5},
    ),
    "ingest": SERVES,
    "maintain": Asked([], {"database": 1}),
    "migrate": Asked([], {"database": 1}),
    "pulls": Asked([], {"database": 5}),
    "reconcile": Asked(["--registry", "http://127.0.0.1:9"], {"broker": 5, "database": 5}),
    "replay": Asked(["--since", "1d", "--yes"], {"broker": 5, "database": 5}),
    "report": Asked([], {"database": 5}),
    "shards": Asked([], {"broker": 1}),
    "status": Asked(["--fail-on", "down"], {"broker": 1, "database": 1}),
    "up": SERVES,
    "worker": SERVES,
}


def commands(command: click.Command, *path: str) -> Iterator[str]:
    if not isinstance(command, LazyGroup):
        yield " ".join(path)
        return
    for name in command.commands:
        yield from commands(command.load(name), *path, name)


@dataclass(frozen=True)
class Place:
    """Two servers of these tests alone, with dead letters of those ids."""

    broker: RabbitMQ
    database: Postgres
    urls: Mapping[str, str]
    ids: list[str]
    directory: Path

    def asked(self, asked: Asked) -> Sequence[str]:
        """Each change has a dead letter of its own."""
        return [
            one.format(id=self.ids.pop() if "{id}" in one else "", file=self.directory / "dead")
            for one in asked.arguments
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        editor = "sed -i 's/$/ /'"
        sink = {"forward": "snowplow", "forward_snowplow_url": "http://collector.invalid"}
        own = {"EDITOR": editor, "VISUAL": editor, **variables(tokens="x", **sink)}
        return {**os.environ, **own, **self.urls}

    @classmethod
    @contextmanager
    def filled(
        cls, directory: Path, broker: RabbitMQ, database: Postgres, urls: Mapping[str, str]
    ) -> Iterator[Self]:
        """`urls` lead to the two, by whichever way, and to the database `events`."""
        events = [make_event(target={"tag": "v1"}) for _ in range(60)]

        async def fill() -> None:
            await make_template(database)
            await create_database(database, "events", template=TEMPLATE)
            await bury(broker.url(), events, error_type="refused")

        asyncio.run(fill())
        made = cls(broker, database, urls, [event["id"] for event in events], directory)
        exported = ["dead-letters", "export", str(directory / "dead"), "--limit", "1"]
        asyncio.run(run(exported, made.environment))
        yield made


async def run(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(forking.run, arguments, environment, seconds=SOON * LOADED)


async def few_at_once(
    commands: Mapping[str, Asked],
    answer: Callable[[str, Asked], Awaitable[None]],
    at_once: int = AT_ONCE,
) -> None:
    """`answer` says what is wrong with one by AssertionError; all of that is told."""
    few = asyncio.Semaphore(at_once)

    async def one(name: str, asked: Asked) -> None:
        async with few:
            await answer(name, asked)

    answers = (one(name, asked) for name, asked in commands.items())
    failed = await asyncio.gather(*answers, return_exceptions=True)
    problems = [str(problem) for problem in failed if problem]
    assert not problems, "\n\n".join(problems)


async def answered(place: Place, outage: Outage, at_once: int = AT_ONCE) -> None:
    """Each command that asks the server that is away says so, in words and by its exit code."""

    async def answer(name: str, asked: Asked) -> None:
        environment = {**place.environment, SETTINGS[outage.server]: url}
        done = await run([*name.split(), *place.asked(asked)], environment)
        code, out, err = done.returncode, done.stdout, done.stderr
        told = f"{name}: exit code {code}\n{out}{err}"
        assert code == asked.away[outage.server], told
        outage.check(f"{name}\n{out}{err}", url)
        assert len(err.splitlines()) == 1 or code != 5, told

    asking = {
        name: one
        for name, one in COMMANDS.items()
        if isinstance(one, Asked) and outage.server in one.away
    }
    with outage.begun(place.broker, place.database, place.urls) as url:
        await few_at_once(asking, answer, at_once)
