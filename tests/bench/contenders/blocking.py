"""The plain worker's transaction in a worker's threads, each with a connection of its own."""

import os
import threading
from typing import Any

import psycopg

from tests.bench.plain_worker import APPEND, FIND, REGISTER, TRACK, geo_row, is_geo, tracking_row

_local = threading.local()


def record(event: dict[str, Any]) -> None:
    database = _connection()
    path = event["target"]["repository"]
    with database.transaction(), database.cursor() as cursor:
        existing = cursor.execute(FIND, (path,)).fetchone()
        (repository,) = existing or cursor.execute(REGISTER, (path,)).fetchone() or (0,)
        row = tracking_row(event, repository, existed=bool(existing))
        is_new = cursor.execute(TRACK, row).fetchone()
        if is_new and is_geo(event):
            cursor.execute(APPEND, geo_row(event, repository))


def _connection() -> "psycopg.Connection[Any]":
    if not hasattr(_local, "connection"):
        # Its cursors take the statements with PostgreSQL's own placeholders.
        _local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, cursor_factory=psycopg.RawCursor
        )
    connection: psycopg.Connection[Any] = _local.connection
    return connection
