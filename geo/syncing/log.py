"""Which log a site is synced by: the primary's database, or the service that gives it over HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple

from yarl import URL

from geo.following.database_journal import DatabaseJournal
from geo.following.http_journal import opened_journal
from geo.following.journal import Journal
from geo.registry.trust import TrustError
from geo.syncing.order import Order
from shared.configuration import secret
from shared.database import new_pool
from shared.health import Missing, Readiness
from shared.schema_fault import schema_fault
from shared.service import StartError
from shared.settings import Settings

# The follower's, those that claim and settle, and whoever asks whether it is ready.
_CONNECTIONS: Final = 6


class Log(NamedTuple):
    """`readiness` is what it can tell of itself beside what became of questions to its journal."""

    journal: Journal
    readiness: Readiness


@asynccontextmanager
async def opened_log(settings: Settings, order: Order) -> AsyncIterator[Log]:
    """Raises StartError."""
    source = order.wanted.source
    if order.log:
        async with _at_service(settings, order.log, source) as log:
            yield log
    else:
        async with _at_database(settings, order.site or "", source) as log:
            yield log


@asynccontextmanager
async def _at_service(settings: Settings, url: URL, source: str) -> AsyncIterator[Log]:
    async def readiness() -> Missing:
        return {}

    token, ca_file = secret(settings.geo_token), settings.geo_ca_file
    async with AsyncExitStack() as stack:
        opening = opened_journal(url, token, ca_file=ca_file, source=source)
        try:
            journal = await stack.enter_async_context(opening)
        except TrustError as error:
            raise StartError(str(error)) from None
        yield Log(journal, readiness)


@asynccontextmanager
async def _at_database(settings: Settings, site: str, source: str) -> AsyncIterator[Log]:
    async with new_pool(
        settings,
        url=secret(settings.database_url),
        application="registry-events geo sync",
        size=_CONNECTIONS,
    ) as pool:

        async def readiness() -> Missing:
            return {"database": await schema_fault(pool)}

        yield Log(
            DatabaseJournal(pool, site, seconds=settings.database_timeout, source=source),
            readiness,
        )
