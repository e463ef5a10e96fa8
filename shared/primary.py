"""The one of several database servers that takes writes."""

from typing import TYPE_CHECKING, Any, Final

import asyncpg

from shared import faults, hosts

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_PORT: Final = 5432
_WANTED: Final = "target_session_attrs"


class NoPrimaryError(ConnectionError):
    """Of several hosts none can be used; names each, and why."""


async def connect(
    url: str,
    *,
    timeout: float,  # noqa: ASYNC109  as asyncpg has it
    **options: Any,  # noqa: ANN401  asyncpg's own
) -> "Connection":
    """A connection to the first of `url`'s hosts that answers and takes writes.

    They share `timeout` seconds, but each has one at least: asyncpg alone would wait for one that
    is frozen as long as for all. The address may ask for another kind of server itself
    (`target_session_attrs`). Raises what asyncpg raises, and NoPrimaryError.
    """
    addresses = hosts.each(url)
    if len(addresses) == 1:
        return await asyncpg.connect(url, timeout=timeout, **options)
    options = options if _WANTED in url else {**options, _WANTED: "read-write"}
    patience = hosts.patience(timeout, len(addresses))
    why: dict[str, str] = {}
    for address, host in zip(addresses, hosts.shown(url, _PORT), strict=True):
        try:
            return await asyncpg.connect(address, timeout=patience, **options)
        except asyncpg.TargetServerAttributeNotMatched:
            why[host] = "it is not of the kind that is wanted, as a standby that takes no writes"
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            why[host] = faults.in_words(error, seconds=patience)
    each = "; ".join(f"{host}: {fault}" for host, fault in why.items())
    raise NoPrimaryError(f"the database is reached at none of its hosts ({each})")
