"""The nodes of a broker, and the first of them that answers."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from yarl import URL

from shared import hosts
from shared.amqp.errors import BrokerAwayError

T = TypeVar("T")
# A connection to one node, within so many seconds; raises BrokerAwayError.
Opening = Callable[[URL, float], AbstractAsyncContextManager[T]]


class Nodes:
    """Those that an AMQP_URL names, in an order by chance, so that clients spread over them.

    One that was tried comes last from then on: who connects again has lost it, or it was of no
    use. `query` is added to the address of each.
    """

    def __init__(self, url: str, **query: str | int) -> None:
        urls = [URL(one).update_query(query) for one in hosts.each(url)]
        self._urls = [one.with_port(one.port or hosts.AMQP_PORTS[one.scheme]) for one in urls]
        random.shuffle(self._urls)

    def in_turn(self) -> list[URL]:
        """All of them, in the order in which they are to be tried now."""
        return list(self._urls)

    def put_last(self, url: URL) -> None:
        self._urls.remove(url)
        self._urls.append(url)


@asynccontextmanager
async def first(nodes: Nodes, opening: Opening[T], *, seconds: float) -> AsyncIterator[T]:
    """What `opening` makes of the first node that answers, for a block.

    The nodes share `seconds`, but each has one at least. Raises BrokerAwayError, which names each
    that was tried, and why it is of no use.
    """
    urls = nodes.in_turn()
    patience = hosts.patience(seconds, len(urls))
    faults: dict[str, str] = {}
    for url in urls:
        nodes.put_last(url)
        async with AsyncExitStack() as stack:
            try:
                opened = await stack.enter_async_context(opening(url, patience))
            except BrokerAwayError as error:
                faults[f"{url.host_subcomponent}:{url.port}"] = str(error)
                continue
            yield opened
            return
    raise BrokerAwayError(_together(faults))


def _together(faults: dict[str, str]) -> str:
    if len(set(faults.values())) == 1:
        return next(iter(faults.values()))
    each = "; ".join(f"{node}: {why}" for node, why in sorted(faults.items()))
    return f"the broker is reached at none of its hosts ({each})"
