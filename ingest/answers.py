"""What ingest answers, always as JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict

from ingest.intake import Receipt

_JSON: Final = CIMultiDict({hdrs.CONTENT_TYPE: "application/json; charset=utf-8"})
_RETRY_AFTER: Final = {"Retry-After": "1"}
# RFC 9110 wants the scheme named; Basic, for senders that know nothing else, is not advertised.
_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}
_BASIC: Final = {"WWW-Authenticate": 'Basic realm="registry-events", Bearer'}


def taken(receipt: Receipt) -> web.Response:
    return web.Response(body=_document(receipt), headers=_JSON)


@lru_cache
def _document(receipt: Receipt) -> bytes:
    # Nearly every notification has the same one.
    answer = receipt._asdict()
    if not receipt.ignored:
        del answer["ignored"]
    return json.dumps(answer).encode()


def taken_of(receipt: Receipt, ignored: str) -> web.Response:
    """Of another registry; `ignored` says why there is nothing of ours in it, in a sentence."""
    counts = {"accepted": receipt.accepted, "dead_lettered": receipt.dead_lettered}
    return web.json_response({**counts, "ignored": ignored or None})


def unproven(source: str, kinds: Sequence[str]) -> web.Response:
    """Of a source whose sender may wait for a challenge of Basic before it shows its password."""
    why = f"the request does not prove that {source} sends it, by {' or '.join(kinds)}"
    challenge = _BASIC if "token" in kinds else _CHALLENGE
    return web.json_response({"error": why}, status=401, headers=challenge)


def nobody(why: str) -> web.Response:
    return web.json_response({"error": why}, status=404)


def unauthorized() -> web.Response:
    why = "the Authorization header is none of the accepted tokens"
    return web.json_response({"error": why}, status=401, headers=_CHALLENGE)


def not_done(why: str) -> web.Response:
    """The one refusal of an authenticated sender that is not the broker's: there is no body yet."""
    return web.json_response({"error": why}, status=408)


def not_now(why: str) -> web.Response:
    return web.json_response({"error": why}, status=503, headers=_RETRY_AFTER)


@web.middleware
async def as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the router refuses (404, 405) is JSON as well."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return web.json_response({"error": error.reason}, status=error.status, headers=allow)


async def expect_anything(request: web.Request) -> None:
    """For `Expect`: 100-continue is answered; aiohttp would refuse any other with a 417."""
    if request.headers["Expect"].lower() == "100-continue" and request.version >= (1, 1):
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The answer itself has not begun.
        request.writer.output_size = 0
