"""Which journal a site's follower reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yarl import URL

from geo.following.database_journal import DatabaseJournal
from geo.following.http_journal import opened_journal
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


@asynccontextmanager
async def journal_at(
    settings: Settings, url: URL, *, source: str | None = None
) -> AsyncIterator[Journal]:
    """That of the site whose token is set, by the log's service there. Raises TrustError."""
    token, ca_file = secret(settings.geo_token), settings.geo_ca_file
    async with opened_journal(url, token, ca_file=ca_file, source=source) as made:
        yield made
