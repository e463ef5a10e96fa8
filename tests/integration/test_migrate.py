import asyncio

import asyncpg
import pytest

from shared.migrate import Migration, MigrationError, migrate, missing, shipped


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(url)


async def test_many_replicas_migrate_at_once_and_each_migration_runs_once(
    empty_database_url: str,
) -> None:
    connections = [await connect(empty_database_url) for _ in range(8)]
    applied = await asyncio.gather(*map(migrate, connections))
    assert sorted(map(len, applied)) == [0] * 7 + [len(shipped())]
    assert await missing(connections[0]) == []
    for connection in connections:
        await connection.close()


async def test_an_edited_migration_is_refused(database_url: str) -> None:
    connection = await connect(database_url)
    await connection.execute("UPDATE schema_migrations SET checksum = 'x' WHERE version = 2")
    with pytest.raises(MigrationError, match="0002_tracking_events is applied with another"):
        await migrate(connection)
    await connection.close()


async def test_a_failing_migration_leaves_the_schema_as_it_was(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*shipped(), Migration(9999, "broken", "CREATE TABLE other (n int); SELECT 1/0"))
    monkeypatch.setattr("shared.migrate.shipped", lambda: broken)
    connection = await connect(empty_database_url)
    with pytest.raises(MigrationError, match="9999_broken: division by zero"):
        await migrate(connection)
    assert await connection.fetchval("SELECT to_regclass('tracking_events')") is None
    await connection.close()


async def test_a_ledger_of_another_program_is_named(empty_database_url: str) -> None:
    connection = await connect(empty_database_url)
    await connection.execute("CREATE TABLE schema_migrations (version varchar)")
    with pytest.raises(MigrationError, match="belongs to another program"):
        await migrate(connection)
    await connection.close()


async def test_every_table_and_column_has_a_comment(database_url: str) -> None:
    connection = await connect(database_url)
    uncommented = await connection.fetch("""
        SELECT relation.relname AS table, attribute.attname AS column
        FROM pg_class AS relation
        JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
        WHERE relation.relkind = 'r' AND relation.relnamespace = 'public'::regnamespace
            AND attribute.attnum >= 0
            AND col_description(relation.oid, attribute.attnum) IS NULL
    """)
    tables = await connection.fetch("""
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND obj_description(oid) IS NULL
    """)
    assert [(row["table"], row["column"]) for row in uncommented] == []
    assert list(tables) == []
    await connection.close()


async def test_repositories_of_before_have_their_creation_recorded_or_pending(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await connect(empty_database_url)
    with monkeypatch.context() as before:
        before.setattr("shared.migrate.shipped", lambda: shipped()[:5])
        await migrate(connection)
    await connection.execute("""
        INSERT INTO container_repositories (path) VALUES ('created'), ('pushed'), ('tagged'), ('-');
        INSERT INTO tracking_events (event_id, action, repository, tag, occurred_at) VALUES
            ('1', 'create_repository', 'created', NULL, now()),
            ('2', 'push_repository', 'pushed', NULL, now()),
            ('3', 'push_tag', 'tagged', 'v1', now()),
            ('4', 'delete_repository', 'tagged', NULL, now());
    """)
    await migrate(connection)
    rows = await connection.fetch("SELECT path FROM container_repositories WHERE creation_pending")
    assert {row["path"] for row in rows} == {"tagged", "-"}
    # Workers of before, and a platform, write rows whose creation is not for new ones to record.
    await connection.execute("INSERT INTO container_repositories (path) VALUES ('later')")
    later = "SELECT creation_pending FROM container_repositories WHERE path = 'later'"
    assert await connection.fetchval(later) is False
    await connection.close()
