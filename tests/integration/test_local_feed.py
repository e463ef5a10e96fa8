"""The feed of `up` shows each outcome once, and no payload text reaches the terminal raw."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from rich.cells import cell_len

from console.local.demonstration.feed import Feed, Outcome
from console.local.demonstration.screen import described
from console.local.demonstration.steps import Expected, still_missing
from console.local.report import LocalError
from console.local.servers.postgres import Postgres

MIGRATIONS = Path(__file__).parents[2] / "shared" / "migrations"
INSERT = """
INSERT INTO tracking_events (event_id, category, action, repository, tag, actor, occurred_at)
VALUES ($1, 'container_registry:notification', 'push_tag', 'a/b', 'v1', 'someone', now())
"""

OUTCOME = Outcome(
    event_id="one",
    action="push_tag",
    repository="a/b",
    tag="v1",
    digest="sha256:" + "ab" * 32,
    actor=None,
    occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
    recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=12.4),
    geo_id=7,
)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, runner: asyncio.Runner) -> Iterator[Postgres]:
    with Postgres(tmp_path, fast=True) as running:
        runner.run(prepare(running.url()))
        yield running


async def prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    for path in sorted(MIGRATIONS.glob("*.sql")):
        await connection.execute(path.read_text())
    await connection.execute(INSERT, "before")
    await connection.close()


def test_an_outcome_that_becomes_visible_late_is_shown_once(
    server: Postgres, runner: asyncio.Runner
) -> None:
    early = runner.run(asyncpg.connect(server.url()))
    late = runner.run(asyncpg.connect(server.url()))
    with Feed(server.url()) as feed:
        transaction = early.transaction()
        runner.run(transaction.start())
        runner.run(early.execute(INSERT, "low id"))
        runner.run(late.execute(INSERT, "high id"))
        assert [outcome.event_id for outcome in feed.new()] == ["high id"]
        runner.run(transaction.commit())
        assert [outcome.event_id for outcome in feed.new()] == ["low id"]
        assert feed.new() == []
        runner.run(early.close())
        runner.run(late.close())


def test_a_database_that_was_away_is_read_again(server: Postgres, runner: asyncio.Runner) -> None:
    with Feed(server.url()) as feed:
        server.stop()
        with pytest.raises(LocalError, match="the database does not answer"):
            feed.new()
        server.start()
        writer = runner.run(asyncpg.connect(server.url()))
        runner.run(writer.execute(INSERT, "after"))
        runner.run(writer.close())
        assert [outcome.event_id for outcome in feed.new()] == ["after"]


def describe(outcome: Outcome) -> str:
    (line,) = described(outcome, None)
    return line


def test_a_line_fits_the_terminal_and_keeps_its_figures() -> None:
    names = {"repository": "a/" + "漢" * 5_000, "actor": "x" * 5_000, "tag": "\x1b" * 128}
    for outcome in (OUTCOME, changed(**names)):
        (line,) = described(outcome, 80)
        assert cell_len(line) <= 80
        assert line.split()[1] == "push_tag"
        assert line.endswith("geo #7         12 ms")


def test_a_line_says_what_happened() -> None:
    line = describe(OUTCOME).split()
    assert line[1:] == ["push_tag", "a/b:v1", "-", "geo", "#7", "12", "ms"]


def test_a_long_lag_is_in_the_unit_that_fits() -> None:
    assert describe(changed(recorded_at=OUTCOME.occurred_at + timedelta(hours=8))).endswith(" 8 h")


def test_an_absurd_clock_has_no_lag() -> None:
    never_set = changed(occurred_at=datetime(1, 1, 2, tzinfo=UTC))
    assert describe(never_set).split()[-1] == "clock?"
    assert describe(changed(occurred_at=datetime(2999, 1, 1, tzinfo=UTC))).endswith("clock?")


def changed(**changes: object) -> Outcome:
    fields = {name: getattr(OUTCOME, name) for name in Outcome.__slots__}
    return Outcome(**{**fields, **changes})


def test_without_a_tag_the_digest_is_shown_short() -> None:
    assert "a/b@sha256:abababababab " in describe(changed(tag=None, geo_id=None))


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\r", "\u202e", "\x9b31m", "a\nb"])
def test_payload_text_is_escaped(hostile: str) -> None:
    line = describe(changed(actor=hostile, tag=hostile))
    assert line.isprintable()


def test_what_matches_is_not_missing() -> None:
    by_id = Expected("by id", event_id="one")
    other_tag = Expected("other", action="push_tag", tag="v2")
    assert still_missing([by_id, other_tag], OUTCOME) == [other_tag]


def test_what_another_repository_got_is_still_missing() -> None:
    other = Expected("other", action="push_tag", repository="a/c", tag="v1")
    assert still_missing([other], OUTCOME) == [other]
