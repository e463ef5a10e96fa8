"""Reading what a site asks, within bounds: a query string, or a body of JSON."""

import asyncio
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from geo.documents import LONGEST_SENTENCE, Asked, Pending
from geo.serving.refusals import UnreadableError
from shared import credentials, repository_path, strict_json
from shared.bad_input import BadInputError
from shared.text import from_bytes, printable

# Bytes: as many repositories as a request may have, each with the longest name there is.
LARGEST: Final = 1024 * 1024
# For a body to arrive.
_SECONDS: Final = 10.0
_LONGEST: Final = 200
_Document = TypeVar("_Document")


def asked(request: web.Request) -> Asked:
    """Raises BadInputError."""
    query = request.query
    twice = [name for name in query if len(query.getall(name)) > 1]
    if twice:
        raise BadInputError("a parameter of the query stands there twice")
    try:
        return msgspec.convert(dict(query), Asked, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInputError(f"the query: {printable(str(error), _LONGEST)}") from None


async def body(request: web.Request, kind: type[_Document]) -> _Document:
    """Raises BadInputError, UnreadableError and HTTPRequestEntityTooLarge."""
    try:
        async with asyncio.timeout(_SECONDS):
            sent = await request.read()
    except TimeoutError:
        raise UnreadableError(f"the body did not arrive within {_SECONDS:g} s") from None
    except (ConnectionError, web.PayloadAccessError, web.RequestPayloadError):
        raise UnreadableError("the body broke off") from None
    try:
        return msgspec.convert(strict_json.loads(from_bytes(sent)), kind)
    except strict_json.InvalidJSONError as error:
        raise BadInputError(f"the body: {error}") from None
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInputError(f"the body: {printable(str(error), _LONGEST)}") from None


def checked(pending: Iterable[Pending]) -> None:
    """Raises BadInputError unless registries can have repositories of these names."""
    for one in pending:
        if not repository_path.is_path(one.repository):
            raise BadInputError("the body: a repository has a name that no registry takes")


def sentence(said: str) -> str:
    """What a site says of a fault, safe to keep and to print, without credentials."""
    return printable(credentials.masked(said), LONGEST_SENTENCE)
