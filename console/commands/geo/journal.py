"""Which journal a site's follower reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from geo.following.database_journal import DatabaseJournal
from geo.following.journal import Journal
from shared.configuration import secret
from shared.database import new_pool
from shared.settings import Settings


@asynccontextmanager
async def journal(
    settings: Settings, site: str, *, source: str | None = None, from_now: bool = False
) -> AsyncIterator[Journal]:
    """That of the primary's database; what the options are for, `DatabaseJournal` says."""
    url = secret(settings.database_url)
    async with new_pool(settings, url=url, application="registry-events geo") as pool:
        yield DatabaseJournal(
            pool, site, seconds=settings.database_timeout, source=source, from_now=from_now
        )
