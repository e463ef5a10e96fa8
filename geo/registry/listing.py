"""Lists that a registry gives by pages, within bounds and each name checked."""

from collections.abc import AsyncIterator, Container
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from yarl import URL

from geo.registry import refusal
from geo.registry.answer import Answer, Request
from geo.registry.errors import RegistryError
from geo.registry.pages import next_page
from geo.registry.requests import Requests

# A registry that knows no pages gives all of its names in one.
LONGEST_PAGE: Final = 32 * 1024 * 1024
MOST_PAGES: Final = 100_000

Page = TypeVar("Page")


async def pages(
    requests: Requests,
    url: URL,
    scope: str,
    kind: type[Page],
    *,
    none_by: Container[int] = (),
) -> AsyncIterator[Page]:
    """Raises RegistryError, also for a list that does not end.

    `none_by` are the statuses that say that there is no list.
    """
    seen: set[URL] = set()
    page: URL | None = url
    while page is not None:
        if page in seen or len(seen) == MOST_PAGES:
            raise RegistryError(f"{url.origin()}{url.path} has pages without end")
        seen.add(page)
        answer = await requests.answer(Request("GET", page, scope), LONGEST_PAGE)
        if answer.status in none_by:
            return
        if answer.status != HTTPStatus.OK:
            raise refusal.of(answer)
        yield read(answer, kind)
        page = next_page(page, answer.headers.getall("Link", []))


def read(answer: Answer, kind: type[Page]) -> Page:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, RecursionError):
        raise RegistryError(f"{answer.asked} was answered with what is no such list") from None
