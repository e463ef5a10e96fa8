"""The container image, built by buildah, started, and asked whether it is ready.

`make image`, with what ARGS gives `buildah build`. It takes minutes and a base image that has to be
fetched, so it is no part of `make test`. What each process does is tried elsewhere; here it is that
the image has all of it, for a user without a name on a file system that is not its own.
"""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Final

import aiohttp

from console.local.network.ports import free_port
from tests.private_servers import PrivateServers
from tests.waiting import eventually

_NAME: Final = "localhost/registry-events:tried"
_BUILD: Final = (
    *("buildah", "build", "--file", "deploy/Containerfile", "--tag", _NAME),
    *("--ignorefile", "deploy/Containerfile.dockerignore"),
)
_SECONDS: Final = 60.0


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@contextmanager
def _container() -> Iterator[str]:
    name = _said("buildah", "from", _NAME)
    try:
        yield name
    finally:
        _said("buildah", "rm", name)


@contextmanager
def _running(container: str, service: str, **environment: str) -> Iterator[None]:
    """One process of the image. Its end says nothing: buildah alone passes no signal on."""
    given = [word for one in environment.items() for word in ("--env", "=".join(one))]
    command = ["buildah", "run", *given, container, "--", "registry-events", service]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait(_SECONDS)


async def _is_ready(port: int) -> bool:
    try:
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/health/ready") as answer:
            return answer.status == HTTPStatus.OK
    except aiohttp.ClientConnectionError:
        return False


async def _try(container: str, servers: PrivateServers) -> None:
    async with servers.urls("image") as (amqp_url, database_url):
        for service in ("ingest", "worker"):
            port = free_port()
            environment = {
                "AMQP_URL": amqp_url,
                "DATABASE_URL": database_url,
                "REGISTRY_EVENTS_TOKENS": "a-token",
                f"REGISTRY_EVENTS_{service.upper()}_LISTEN": f"127.0.0.1:{port}",
            }
            with _running(container, service, **environment):
                await eventually(partial(_is_ready, port), _SECONDS)
            print(f"{service}: /health/ready answers 200")  # noqa: T201


def main(arguments: list[str]) -> None:
    if not shutil.which("buildah"):
        sys.exit("buildah is not installed; Debian has it in the package of that name")
    subprocess.run([*_BUILD, *arguments, "."], check=True)
    with _container() as container, PrivateServers.started(fast=True) as servers:
        asyncio.run(_try(container, servers))


if __name__ == "__main__":
    main(sys.argv[1:])
