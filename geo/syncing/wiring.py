"""What both ways to sync have in common: for ever, and until nothing is due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from geo.copying.copier import Copier
from geo.following.database_journal import DatabaseJournal
from geo.following.journal import Journal
from geo.registry import trust
from geo.registry.client import Registry
from geo.registry.credentials import Credentials, CredentialsError
from geo.syncing.follower import Follower
from geo.syncing.holding import Holding
from geo.syncing.order import Order
from geo.syncing.patience import Patience
from geo.syncing.syncing import Syncing
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.service import StartError
from shared.settings import Settings

# The follower's, those that claim and settle, and whoever asks whether it is ready.
_DATABASE_CONNECTIONS: Final = 6
# For each repository in hand; small images are what needs many.
_CONNECTIONS: Final = 4
_FEWEST: Final = 16


class Parts(NamedTuple):
    pool: Pool
    journal: Journal
    patience: Patience
    copier: Copier
    follower: Follower
    holding: Holding
    syncing: Syncing


@asynccontextmanager
async def opened(
    settings: Settings, order: Order, patience: Patience, *, connect: float | None = None
) -> AsyncIterator[Parts]:
    """`connect`: seconds for the way to the database. Raises StartError."""
    try:
        credentials = Credentials.read(settings.registry_auth_file)
        tls = trust.context(settings.registry_ca_file)
    except (CredentialsError, trust.TrustError) as error:
        raise StartError(str(error)) from None
    many = max(_CONNECTIONS * order.at_once, _FEWEST)
    async with (
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events geo sync",
            size=_DATABASE_CONNECTIONS,
            connect=connect,
        ) as pool,
        Registry(order.primary, credentials=credentials, tls=tls, connections=many) as primary,
        Registry(order.secondary, credentials=credentials, tls=tls, connections=many) as secondary,
    ):
        journal = DatabaseJournal(
            pool, order.site, seconds=settings.database_timeout, source=order.wanted.source
        )
        copier = Copier(primary, secondary, order.rule, blobs_at_once=order.at_once)
        follower = Follower(journal, order.wanted)
        holding = Holding(journal, patience)
        syncing = Syncing(holding, copier, order.wanted, follower.moved, at_once=order.at_once)
        yield Parts(pool, journal, patience, copier, follower, holding, syncing)
