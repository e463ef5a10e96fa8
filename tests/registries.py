"""A real registry that notifies a real ingest, with a worker behind it."""

import json
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from console.local.demonstration.image import Layout
from console.local.network.ports import LOOPBACK
from console.local.servers.registry import Registry
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.processes import Processes, Service, waiting
from tests.running import TOKEN, Pipeline
from tests.waiting import eventually

MARKER = "marker"
# Full, so that a geo event without its tracking event would be seen.
ROWS = """
SELECT t.action, t.repository, t.tag, t.digest, g.action AS geo
FROM tracking_events t FULL JOIN geo_events g USING (event_id)
WHERE t.repository IS DISTINCT FROM 'marker' ORDER BY t.recorded_at, t.occurred_at
"""
MARKED = "SELECT count(*) FROM tracking_events WHERE repository = 'marker' AND digest = $1"


class Row(NamedTuple):
    """A tracking event; `geo` is the verb of its geo event, if it has one."""

    action: str
    repository: str
    tag: str | None
    digest: str | None
    geo: str | None = None


@dataclass(frozen=True)
class Site:
    registry: Registry
    layout: Layout
    ingest: Service
    worker: Service
    pipeline: Pipeline
    amqp_url: str

    def push(self, image: str, to: str) -> None:
        """Copy the layout's `image` to REPOSITORY:TAG, an index with all it names."""
        source, target = f"oci:{self.layout.directory}:{image}", f"{self.registry.address}/{to}"
        command = ["skopeo", "copy", "--all", "--insecure-policy", "--dest-tls-verify=false"]
        done = subprocess.run(
            [*command, source, f"docker://{target}"],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    async def call(self, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
        """Status and Location of the registry's answer."""
        url = path if path.startswith("http") else f"http://{self.registry.address}{path}"
        async with self.pipeline.http.request(method, url, data=body) as response:
            return response.status, response.headers.get("Location", "")

    def blobs(self, digest: str) -> Sequence[str]:
        """The digests of an image's config and layers, as its manifest names them."""
        manifest = self.read(digest)
        return [blob["digest"] for blob in (manifest["config"], *manifest["layers"])]

    def read(self, digest: str) -> dict[str, Any]:
        path = self.layout.directory / "blobs" / "sha256" / digest.removeprefix("sha256:")
        content: dict[str, Any] = json.loads(path.read_bytes())
        return content

    async def rows(self) -> Sequence[Row]:
        """All rows, once everything that the registry had to say has been dealt with.

        The registry sends, the queue holds and one worker records in order: when a blob that is
        pushed now is recorded, nothing from before it is still on its way.
        """
        content = uuid4().bytes
        digest = f"sha256:{sha256(content).hexdigest()}"
        status, upload = await self.call("POST", f"/v2/{MARKER}/blobs/uploads/")
        assert status == 202
        separator = "&" if "?" in upload else "?"
        status, _ = await self.call("PUT", f"{upload}{separator}digest={digest}", content)
        assert status == 201

        async def recorded() -> bool:
            return bool(await self.pipeline.database.fetchval(MARKED, digest))

        await eventually(recorded)
        assert await waiting(self.amqp_url, EVENTS_QUEUE) == 0
        assert await waiting(self.amqp_url, DEAD_QUEUE) == 0
        return [Row(*row) for row in await self.pipeline.database.fetch(ROWS)]


@asynccontextmanager
async def running_site(
    processes: Processes, directory: Path, *, batch_size: int = 1
) -> AsyncIterator[Site]:
    """With the default batch size of 1, rows stand in the order in which events came."""
    ingest = processes.ingest()
    worker = processes.worker(worker_batch_size=batch_size)
    endpoint = f"http://{LOOPBACK}:{ingest.port}/notifications"
    layout = Layout(directory / "layout")
    async with processes.pipeline(ingest) as pipeline:
        with Registry(directory / "registry", endpoint, TOKEN) as registry:
            yield Site(registry, layout, ingest, worker, pipeline, processes.amqp_url)
