"""What both ways to sync have in common: for ever, and until nothing is due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from geo.copying.copier import Copier
from geo.following.journal import Journal
from geo.registry import trust
from geo.registry.client import Registry
from geo.registry.credentials import Credentials, CredentialsError
from geo.syncing.follower import Follower
from geo.syncing.holding import Holding
from geo.syncing.log import opened_log
from geo.syncing.order import Order
from geo.syncing.patience import Patience
from geo.syncing.syncing import Syncing
from shared.health import Readiness
from shared.service import StartError
from shared.settings import Settings

# For each repository in hand; small images are what needs many.
_CONNECTIONS: Final = 4
_FEWEST: Final = 16


class Parts(NamedTuple):
    journal: Journal
    readiness: Readiness
    patience: Patience
    copier: Copier
    follower: Follower
    holding: Holding
    syncing: Syncing


@asynccontextmanager
async def opened(settings: Settings, order: Order, patience: Patience) -> AsyncIterator[Parts]:
    """Raises StartError."""
    try:
        credentials = Credentials.read(settings.registry_auth_file)
        tls = trust.context(settings.registry_ca_file)
    except (CredentialsError, trust.TrustError) as error:
        raise StartError(str(error)) from None
    many = max(_CONNECTIONS * order.at_once, _FEWEST)
    async with (
        opened_log(settings, order) as (journal, readiness),
        Registry(order.primary, credentials=credentials, tls=tls, connections=many) as primary,
        Registry(order.secondary, credentials=credentials, tls=tls, connections=many) as secondary,
    ):
        copier = Copier(primary, secondary, order.rule, blobs_at_once=order.at_once)
        follower = Follower(journal, order.wanted)
        holding = Holding(journal, patience)
        syncing = Syncing(holding, copier, order.wanted, follower.moved, at_once=order.at_once)
        yield Parts(journal, readiness, patience, copier, follower, holding, syncing)
