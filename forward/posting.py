"""One request to a collector, and what came of it."""

from datetime import UTC, datetime
from typing import Final

import aiohttp

from forward.answers import Meaning, meaning
from forward.destination import Destination
from shared import credentials, faults, retry_after
from shared.text import printable

# Of a refusal this much is kept, to say why.
_LONGEST: Final = 200


class NotTakenError(Exception):
    """The collector has not taken the batch, and may take it later; says why.

    `after` are the seconds that it asks to be left alone, if it does.
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class RefusedError(Exception):
    """The collector does not take something that is in the batch; says why."""


async def post(http: aiohttp.ClientSession, to: Destination, body: bytes) -> None:
    """Send `body`, within the session's time limit. Raises NotTakenError and RefusedError."""
    seconds = http.timeout.total
    try:
        async with http.post(
            to.url, data=body, headers=to.headers, allow_redirects=False
        ) as response:
            meant = meaning(response.status)
            if meant is Meaning.TAKEN:
                return
            said = await response.content.read(_LONGEST)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotTakenError(faults.in_words(error, seconds=seconds)) from error
    why = _why(response, said)
    if meant is Meaning.REFUSED:
        raise RefusedError(why)
    after = retry_after.seconds(response.headers.get("Retry-After"), datetime.now(UTC))
    raise NotTakenError(why, after)


def _why(response: aiohttp.ClientResponse, said: bytes) -> str:
    answer = f"answered {response.status} {response.reason or ''}".rstrip()
    text = " ".join(said.decode("utf-8", "replace").split())
    return printable(credentials.masked(f"{answer}: {text}" if text else answer), _LONGEST)
