"""Asking RabbitMQ's management API, which knows what no AMQP client is told."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import msgspec
from aiohttp import hdrs
from yarl import URL

from console.commands.config.broker_advice import of_consumers, of_nodes, of_queues
from console.words import away
from shared import faults
from shared.configuration import secret, variable
from shared.settings import Settings

_QUEUES: Final = "columns=name,members,policy,operator_policy,effective_policy_definition"


class _ManagementError(Exception):
    """It does not answer as it should; the text says why, without its address."""


async def advice(settings: Settings) -> Sequence[str]:
    """What the broker is set to that may cost events, a line each, or why that cannot be said."""
    try:
        found = await _found(settings)
    except _ManagementError as error:
        found = [f"it cannot be asked what the broker is set to: {error}"]
    return [f"{variable('management_url')}: {one}" for one in found]


async def _found(settings: Settings) -> Sequence[str]:
    vhost = quote(unquote(urlsplit(secret(settings.amqp_url)).path[1:]) or "/", safe="")
    url = URL(secret(settings.management_url))
    login = aiohttp.encode_basic_auth(url.user or "", url.password or "", encoding="utf-8")
    limit = aiohttp.ClientTimeout(total=away.ANSWER)
    async with aiohttp.ClientSession(headers={hdrs.AUTHORIZATION: login}, timeout=limit) as http:
        place = str(url.with_user(None)).rstrip("/")
        nodes = await _asked(http, f"{place}/api/nodes")
        queues = await _asked(http, f"{place}/api/queues/{vhost}?{_QUEUES}")
        consumers = await _asked(http, f"{place}/api/consumers/{vhost}")
    return [*of_nodes(nodes), *of_queues(queues, len(nodes)), *of_consumers(consumers)]


async def _asked(http: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    try:
        async with http.get(URL(url, encoded=True), allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise _ManagementError(f"answered {response.status}; {_needed(response.status)}")
            text = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _ManagementError(faults.in_words(error, seconds=away.ANSWER)) from None
    try:
        return msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError):
        raise _ManagementError("answered what is none of RabbitMQ's lists") from None


def _needed(status: int) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return "its user needs the tag monitoring, and leave to read in the virtual host"
    return "is it the management plugin's port, 15672 as a rule?"
