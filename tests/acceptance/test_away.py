"""Every command and every page answers in words, soon, whichever server is away and however."""

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
import pytest

from console.cli import main
from console.lazy_group import LazyGroup
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.acceptance.burying import bury
from tests.consoles import HTML, Page, Visitor, routes, running_console
from tests.databases import TEMPLATE, create_database, make_template
from tests.factories import make_event
from tests.forked_command import forking
from tests.outages import OUTAGES, SETTINGS, Outage, Server
from tests.processes import variables
from tests.waiting import eventually

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


def test_no_command_is_forgotten() -> None:
    assert set(commands(main)) == COMMANDS.keys()


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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("away")
    with (
        Postgres(directory / "postgres", fast=True) as database,
        RabbitMQ(directory / "rabbitmq", fast=True) as broker,
    ):
        events = [make_event(target={"tag": "v1"}) for _ in range(60)]

        async def fill() -> None:
            await make_template(database)
            await create_database(database, "events", template=TEMPLATE)
            await bury(broker.url(), events, error_type="refused")

        asyncio.run(fill())
        urls = {"AMQP_URL": broker.url(), "DATABASE_URL": database.url("events")}
        ids = [event["id"] for event in events]
        made = Place(broker, database, urls, ids, directory)
        exported = ["dead-letters", "export", str(directory / "dead"), "--limit", "1"]
        asyncio.run(_run(exported, made.environment))
        yield made


async def _run(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(forking.run, arguments, environment, seconds=SOON * LOADED)


# To a command of its own, a port that swallows is a frozen server.
TOLD_APART = {name: one for name, one in OUTAGES.items() if one.kind != "swallows"}


@pytest.mark.parametrize("outage", TOLD_APART.values(), ids=TOLD_APART)
async def test_every_command_answers(place: Place, outage: Outage) -> None:
    few = asyncio.Semaphore(AT_ONCE)

    async def answer(name: str, asked: Asked, url: str) -> None:
        environment = {**place.environment, SETTINGS[outage.server]: url}
        async with few:
            done = await _run([*name.split(), *place.asked(asked)], environment)
        code, out, err = done.returncode, done.stdout, done.stderr
        told = f"{name}: exit code {code}\n{out}{err}"
        assert code == asked.away[outage.server], told
        outage.check(f"{name}\n{out}{err}", url)
        assert len(err.splitlines()) == 1 or code != 5, told

    with outage.begun(place.broker, place.database, place.urls) as url:
        answers = [
            answer(name, one, url)
            for name, one in COMMANDS.items()
            if isinstance(one, Asked) and outage.server in one.away
        ]
        failed = await asyncio.gather(*answers, return_exceptions=True)
    problems = [str(one) for one in failed if one]
    assert not problems, "\n\n".join(problems)


BOTH: Sequence[Server] = ("broker", "database")
# By method and path, which servers it asks, and the status of its answer while one is away.
PAGES: Mapping[tuple[str, str], tuple[Sequence[Server], int]] = {
    ("GET", "/login"): ((), 200),
    ("POST", "/login"): ((), 401),
    ("GET", "/"): (BOTH, 200),
    ("GET", "/live"): (BOTH, 200),
    ("GET", "/events"): (("database",), 503),
    ("GET", "/events/live"): (("database",), 200),
    ("GET", "/events/show"): (("database",), 503),
    ("GET", "/events/repository"): (("database",), 503),
    ("GET", "/statistics"): (("database",), 503),
    ("GET", "/dead-letters"): (("broker",), 503),
    ("GET", "/dead-letters/live"): (("broker",), 200),
    ("GET", "/events.csv"): (("database",), 503),
    ("GET", "/events.jsonl"): (("database",), 503),
    ("GET", "/dead-letters/list"): (("broker",), 503),
    ("GET", "/dead-letters/list.csv"): (("broker",), 503),
    ("GET", "/dead-letters/list.jsonl"): (("broker",), 503),
    ("GET", "/dead-letters/edit"): (("broker",), 503),
    ("POST", "/dead-letters/edit"): (("broker",), 503),
    ("GET", "/dead-letters/show"): (("broker",), 503),
    ("GET", "/dead-letters/plan"): (("broker",), 503),
    ("POST", "/operations"): ((), 409),
    ("GET", "/operations/nobody"): ((), 404),
    ("GET", "/operations/nobody/live"): ((), 404),
    ("POST", "/operations/nobody/stop"): ((), 404),
    ("GET", "/answers/nobody"): ((), 404),
    ("GET", "/history"): (("database",), 503),
    ("GET", "/sites"): (("database",), 503),
    ("GET", "/sites/live"): (("database",), 200),
    ("POST", "/sites/retry"): (("database",), 503),
    ("GET", "/explain"): ((), 200),
    ("POST", "/explain"): ((), 422),
}
# What is not known is not nothing.
UNKNOWN: Mapping[Server, str] = {"broker": "Waiting 0", "database": "Recorded 0/s"}
TOKEN = "open-sesame-open-sesame"
# Plans ask for some dead letters.
QUERY = "?operation=requeue&all=1&id=x"


def pages() -> set[tuple[str, str]]:
    """All but signing out, after which the others are refused."""
    return {
        (method, path)
        for method, path in routes()
        if method != "HEAD" and not path.startswith("/static/") and path != "/logout"
    }


def test_no_page_is_forgotten() -> None:
    assert pages() == PAGES.keys()


@pytest.fixture
async def console(place: Place, outage: Outage) -> AsyncIterator[tuple[Visitor, str]]:
    """One whose server went away under it, and that has noticed; and that server's URL."""
    async with AsyncExitStack() as stack:
        begun = partial(outage.begun, place.broker, place.database, place.urls)
        url = place.urls[SETTINGS[outage.server]]
        if outage.kind != "frozen":
            url = stack.enter_context(begun())
        urls = {**place.urls, SETTINGS[outage.server]: url}
        visitor = await stack.enter_async_context(
            running_console(
                urls["AMQP_URL"], urls["DATABASE_URL"], writable=True, console_tokens=TOKEN
            )
        )
        door = {"form_key": (await visitor.get("/login")).field("form_key"), "token": TOKEN}
        await visitor.post("/login", door)
        await visitor.get("/history")
        if outage.kind == "frozen":
            stack.enter_context(begun())

        async def noticed() -> bool:
            text = (await visitor.get("/")).text
            said = any(words in text for words in ("did not answer", "refuses connections"))
            return said and UNKNOWN[outage.server] not in text

        await eventually(noticed)
        yield visitor, url


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_every_page_answers(outage: Outage, console: tuple[Visitor, str]) -> None:
    visitor, url = console
    key = (await visitor.get("/nothing")).field("form_key")

    async def answer(method: str, path: str) -> None:
        asks, status = PAGES[method, path]
        started = time.monotonic()
        code, text = await _begun(visitor, method, path + QUERY, key)
        took = time.monotonic() - started
        told = f"{method} {path}: status {code} after {took:.1f} s\n{text}"
        assert took < SOON * LOADED, told
        if outage.server in asks:
            assert code == status, told
            outage.check(f"{method} {path}\n{text}", url)
            assert UNKNOWN[outage.server] not in text, told

    answers = [answer(method, path) for method, path in pages()]
    failed = await asyncio.gather(*answers, return_exceptions=True)
    problems = [str(one) for one in failed if one]
    assert not problems, "\n\n".join(problems)


async def _begun(visitor: Visitor, method: str, path: str, key: str) -> tuple[int, str]:
    """The status and what is read: a page, or how a stream begins."""
    form = {"form_key": key} if method == "POST" else None
    async with visitor.http.request(
        method, visitor.url + path, data=form, headers=HTML
    ) as response:
        if response.content_type == "text/event-stream":
            source = (await response.content.readline()).decode().removeprefix("data:")
            source = " ".join(json.loads(source).values())
        else:
            source = await response.text()
        return response.status, Page(response.status, source, response.headers).text
