"""`registry-events replay`, as an operator runs it."""

import asyncio
import json
import subprocess

import pytest

from tests.factories import make_event
from tests.processes import run, variables
from tests.replays import execute, keep, message, state

EVENTS = [
    *(make_event(repository="team/app") for _ in range(2)),
    make_event(repository="team/app", target={"tag": "v1"}),
    make_event("pull", repository="team/app"),
]


async def asked(
    amqp_url: str, database_url: str, *options: str, **settings: object
) -> subprocess.CompletedProcess[str]:
    urls = {"AMQP_URL": amqp_url, "DATABASE_URL": database_url}
    done = await asyncio.to_thread(run, "replay", *options, **urls, **variables(**settings))
    assert "Traceback" not in done.stderr
    return done


async def test_the_difference_comes_first(amqp_url: str, database_url: str) -> None:
    await keep(amqp_url, [message(event) for event in EVENTS])
    before = await state(database_url)
    looked = await asked(amqp_url, database_url, "--since", "1h", "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert await state(database_url) == before
    told = [line.split(maxsplit=1) for line in looked.stdout.splitlines()]
    assert told[0] == ["4", "kept events"]
    assert told[1] == ["3", "missing:  create_repository 1, push_repository 1, push_tag 1"]
    assert told[2][0] == "1"
    refused = await asked(amqp_url, database_url, "--since", "1h")
    assert refused.returncode == 2
    assert "give --yes" in refused.stderr
    assert await state(database_url) == before
    done = await asked(amqp_url, database_url, "--since", "1h", "--yes", "-o", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["difference"]["missing"] == document["done"]["recorded"]
    assert document["done"]["recorded"]["create_repository"] == 1
    again = await asked(amqp_url, database_url, "--since", "1h", "-o", "json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["done"] is None
    assert json.loads(again.stdout)["difference"]["recorded"] == 3


async def test_what_the_database_refuses_stops_nothing(amqp_url: str, database_url: str) -> None:
    events = [make_event(repository=path) for path in ("team/a", "team/poison", "team/b")]
    await keep(amqp_url, [message(event) for event in events])
    await execute(
        database_url,
        "ALTER TABLE tracking_events ADD CHECK (repository <> 'team/poison')",
    )
    done = await asked(amqp_url, database_url, "--since", "1h", "--yes")
    assert done.returncode == 4, done.stderr
    assert "1  refused by the database" in done.stdout
    assert len((await state(database_url))["tracking"]) == 2


async def test_what_is_recorded_anew_goes_to_the_sinks(amqp_url: str, database_url: str) -> None:
    await keep(amqp_url, [message(event) for event in EVENTS])
    sinks = {"forward": "cloudevents", "forward_cloudevents_url": "http://collector.invalid"}
    for recorded in (3, 0):
        done = await asked(amqp_url, database_url, "--since", "1h", "--yes", "-o", "json", **sinks)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["difference"]["recorded"] == 3 - recorded
    await execute(
        database_url,
        "DO $$ BEGIN ASSERT (SELECT count(*) = 3 FROM forward_outbox); END $$",
    )


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--since", "1h"], 3, "nothing is kept: there is no stream"),
        (["--since", "2999-01-01"], 2, "--since is not before --until, or now"),
        (["--since", "1h", "--until", "2h"], 2, "--since is not before --until, or now"),
        ([], 2, "--since"),
    ],
    ids=["no stream", "not yet", "backwards", "since ever"],
)
async def test_what_cannot_be_done_is_one_sentence(
    amqp_url: str, database_url: str, options: list[str], code: int, said: str
) -> None:
    done = await asked(amqp_url, database_url, *options)
    assert done.returncode == code
    assert said in done.stderr
