"""A copier between the registries of a pair, or through somebody who lies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from geo.copying.copier import Copier
from geo.copying.deletions import Rule
from geo.registry.client import Registry
from geo.registry.credentials import Credentials
from geo.registry.location import Location
from tests.pairs import Pair

NO_DELETION = Rule()


@asynccontextmanager
async def copier(
    pair: Pair, rule: Rule = NO_DELETION, *, source: str = "", target: str = ""
) -> AsyncIterator[Copier]:
    """`source` and `target` are addresses, instead of those of the primary and the secondary."""
    async with (
        client(source or pair.primary.address) as ours,
        client(target or pair.secondary.address) as theirs,
    ):
        yield Copier(ours, theirs, rule, blobs_at_once=4)


@asynccontextmanager
async def client(address: str) -> AsyncIterator[Registry]:
    location = Location.parse(f"http://{address}")
    async with Registry(location, credentials=Credentials.none(), tls=None) as registry:
        yield registry
