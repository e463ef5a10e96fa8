"""Sites are added and removed, get tokens, and try again what failed."""

from shared.database import Connection

ADD = """
INSERT INTO geo_sites (name, cursor, token_hash)
SELECT $1, CASE WHEN $3 THEN last_id ELSE 0 END, $2 FROM geo_event_counter
ON CONFLICT (name) DO NOTHING RETURNING name
"""


async def add(connection: Connection, name: str, token_hash: bytes, *, at_end: bool) -> bool:
    """A new one begins at 0, or `at_end` of the log; False, and nothing done, if it is there."""
    return bool(await connection.fetchval(ADD, name, token_hash, at_end))


RENEW = "UPDATE geo_sites SET token_hash = $2 WHERE name = $1 RETURNING name"


async def renew(connection: Connection, name: str, token_hash: bytes) -> bool:
    """The token of before opens nothing from then on; False if there is no such site."""
    return bool(await connection.fetchval(RENEW, name, token_hash))


REMOVE = "DELETE FROM geo_sites WHERE name = $1 RETURNING name"


async def remove(connection: Connection, name: str) -> bool:
    """With all that it has pending; False if there is no such site."""
    return bool(await connection.fetchval(REMOVE, name))


RETRY = """
WITH again AS (
    UPDATE geo_pending SET due_at = now()
    WHERE site = $1 AND cause IS NOT NULL AND due_at > now() RETURNING site
)
SELECT count(*) FROM again
"""


async def retry(connection: Connection, name: str) -> int:
    """What failed there is due now; how many that are."""
    count: int = await connection.fetchval(RETRY, name)
    return count
