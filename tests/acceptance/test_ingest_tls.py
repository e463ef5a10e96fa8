"""Ingest by https as an operator runs it: several processes, before them a real registry."""

import asyncio
import dataclasses
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from console.local.demonstration.image import Layout
from console.local.network.ports import LOOPBACK
from console.local.servers.registry import Registry
from console.local.servers.server import Part
from tests.authority import Authority
from tests.processes import Processes, Service, run, variables
from tests.running import TOKEN
from tests.waiting import eventually

PUSHED = "SELECT count(*) FROM tracking_events WHERE action = 'push_tag' AND tag = 'v1'"


class Trusting(Registry):
    """One that believes an authority; its program reads which from this variable."""

    ca: Path

    def _new_parts(self) -> Sequence[Part]:
        (part,) = super()._new_parts()
        own = {**(part.process.environment or {}), "SSL_CERT_FILE": str(self.ca)}
        return [
            dataclasses.replace(part, process=dataclasses.replace(part.process, environment=own))
        ]


async def get(service: Service, tls: ssl.SSLContext, path: str) -> str:
    """On a connection of its own, which any of the processes may have."""
    connector = aiohttp.TCPConnector(ssl=tls, force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector) as http,
        http.get(f"https://{LOOPBACK}:{service.port}{path}") as response,
    ):
        return await response.text() if response.status == 200 else ""


@pytest.mark.usefixtures("registry_programs")
async def test_a_registry_posts_to_several_processes(processes: Processes, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    service, tls = await started(processes, authority)
    processes.worker()
    layout = Layout(tmp_path / "layout")
    layout.add_image("v1", seed="by https")
    endpoint = f"https://{LOOPBACK}:{service.port}/notifications"
    registry = Trusting(tmp_path / "registry", endpoint, TOKEN)
    registry.ca = authority.ca
    with registry:
        await asyncio.to_thread(push, registry, layout)
        async with processes.pipeline(service) as pipeline:

            async def recorded() -> bool:
                return bool(await pipeline.database.fetchval(PUSHED))

            await eventually(recorded)
    assert 'process="2"' in await get(service, tls, "/metrics")


async def test_each_process_has_the_renewed_certificate_and_ends_in_time(
    processes: Processes, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "authority")
    service, tls = await started(processes, authority)
    authority.issue()

    async def renewed() -> bool:
        return service.log.count('"certificate.changed"') == 2

    await eventually(renewed)
    # Neither who begins a handshake and goes no further, nor who keeps a connection, holds it up.
    _, stalled = await asyncio.open_connection(LOOPBACK, service.port)
    _, kept = await asyncio.open_connection(LOOPBACK, service.port, ssl=tls)
    stalled.write(b"\x16\x03\x01")
    await service.terminate()
    stalled.close()
    kept.close()


async def started(processes: Processes, authority: Authority) -> tuple[Service, ssl.SSLContext]:
    certificate, key = authority.issue()
    service = processes.start(
        "ingest",
        ingest_processes=2,
        ingest_deadline=20,
        ingest_tls_cert=certificate,
        ingest_tls_key=key,
    )
    tls = ssl.create_default_context(cafile=authority.ca)

    async def is_ready() -> str:
        try:
            return await get(service, tls, "/health/ready")
        except aiohttp.ClientConnectionError:
            return ""

    await eventually(is_ready)
    return service, tls


def push(registry: Registry, layout: Layout) -> None:
    subprocess.run(
        [
            *("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false"),
            f"oci:{layout.directory}:v1",
            f"docker://{registry.address}/team/app:v1",
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("count", [1, 2])
async def test_why_it_does_not_start_is_said_once(
    processes: Processes, tmp_path: Path, count: int
) -> None:
    authority = Authority(tmp_path / "authority")
    certificate, _ = authority.issue()
    _, other = authority.issue(file="other")
    service = processes.start(
        "ingest", ingest_processes=count, ingest_tls_cert=certificate, ingest_tls_key=other
    )

    async def ended() -> bool:
        return service.process.exit_code is not None

    await eventually(ended)
    assert service.process.exit_code == 1
    assert service.log.count("Error: no TLS: the key in ") == 1
    told = await asyncio.to_thread(
        run,
        *("config", "check", "--only", "ingest"),
        **processes.environment,
        **variables(ingest_tls_cert=certificate, ingest_tls_key=other),
    )
    assert told.returncode == 2
    assert "REGISTRY_EVENTS_INGEST_TLS_CERT: no TLS: the key in " in told.stderr
