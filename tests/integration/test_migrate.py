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
