"""What a real registry loses of its notifications is found, and recorded once."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.amqp.topology import EVENTS_QUEUE
from tests.processes import Processes, run, waiting
from tests.registries import Site, running_site
from tests.waiting import eventually

APP = "team/app"
RECORDED = """
SELECT DISTINCT ON (repository, tag) repository || ':' || tag AS name, action, digest
FROM tracking_events WHERE tag IS NOT NULL
ORDER BY repository, tag, occurred_at DESC, recorded_at DESC
"""
FILLED_IN = """
SELECT action, repository, tag, digest, time_from FROM tracking_events
WHERE id_from = 'reconciled' ORDER BY repository, tag, occurred_at
"""
RUNNING = "SELECT count(*) FROM reconcile_runs WHERE finished_at IS NULL"
WRITTEN = """
SELECT (SELECT count(*) FROM tracking_events), (SELECT count(*) FROM geo_events),
       (SELECT count(*) FROM reconciled_tags), (SELECT count(*) FROM reconcile_runs)
"""


@pytest.fixture
async def site(
    registry_programs: None,  # noqa: ARG001  order
    processes: Processes,
    tmp_path: Path,
) -> AsyncIterator[Site]:
    async with running_site(processes, tmp_path) as site:
        yield site


async def reconcile(site: Site, *options: str, code: int = 0, url: str = "") -> dict[str, Any]:
    """What it says; it ends with this exit code."""
    arguments = ["--registry", url or f"http://{site.registry.address}", "--settle", "0.5s"]
    done = await asyncio.to_thread(
        run,
        *("reconcile", *arguments, "--rate", "1000/s", *options, "-o", "json"),
        AMQP_URL=site.amqp_url,
        DATABASE_URL=str(site.pipeline.settings.database_url.get_secret_value()),  # type: ignore[union-attr]  # it has one
    )
    assert done.returncode == code, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def kinds(said: Mapping[str, Any]) -> dict[str, str]:
    return {f"{one['repository']}:{one['tag']}": one["kind"] for one in said["drifts"]}


async def recorded(site: Site) -> dict[str, str]:
    """Digests by name, of what is there by the last event of each tag."""
    rows = await site.pipeline.database.fetch(RECORDED)
    return {row["name"]: row["digest"] for row in rows if row["action"] == "push_tag"}


async def has(site: Site, *names: str) -> dict[str, str]:
    """Digests by name, as the registry has them; without those that it has not."""
    digests = {}
    for name in names:
        repository, _, tag = name.rpartition(":")
        url = f"http://{site.registry.address}/v2/{repository}/manifests/{tag}"
        accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
        async with site.pipeline.http.head(url, headers=accept) as answer:
            if answer.status == 200:
                digests[name] = answer.headers["Docker-Content-Digest"]
    return digests


async def agreed(site: Site, *names: str) -> None:
    """Wait until what is recorded is what the registry has."""
    there = await has(site, *names)

    async def same() -> bool:
        return await recorded(site) == there

    await eventually(same)


async def losing(site: Site) -> None:
    """The registry's notifications have nowhere to go, until `lost`."""
    await site.ingest.terminate()


async def lost(site: Site) -> None:
    """It restarts, and with that forgets what it has not sent."""
    site.registry.stop()
    site.ingest.restart()
    site.ingest.wait_until_ready()
    site.registry.start()


async def test_what_a_restart_loses_is_found_both_ways_and_recorded_once(site: Site) -> None:
    first, second = (site.layout.add_image(tag, seed=tag) for tag in ("v1", "v2"))
    for name in ("kept:v1", f"{APP}:old", f"{APP}:moved"):
        site.push("v1", name)
    await site.rows()
    await losing(site)
    site.push("v2", f"{APP}:new")
    site.push("v2", f"{APP}:moved")
    assert (await site.call("DELETE", f"/v2/{APP}/manifests/{first}"))[0] == 202
    await lost(site)
    said = await reconcile(site)
    assert kinds(said) == {
        f"{APP}:moved": "moved",
        f"{APP}:new": "unrecorded",
        f"{APP}:old": "gone",
    }
    assert all(one["filled_in"] for one in said["drifts"])
    await agreed(site, "kept:v1", f"{APP}:moved", f"{APP}:new", f"{APP}:old")
    filled_in = [tuple(row) for row in await site.pipeline.database.fetch(FILLED_IN)]
    assert filled_in == [
        ("push_tag", APP, "moved", second, "received"),
        ("push_tag", APP, "new", second, "received"),
        ("delete_tag", APP, "old", None, "received"),
    ]
    again = await reconcile(site)
    assert (again["drifts"], again["repositories"]) == ([], 3)
    (one, two) = await site.pipeline.rows("reconcile_runs")
    assert (one["unrecorded"], one["moved"], one["gone"], one["filled_in"]) == (1, 1, 1, 3)
    assert (two["filled_in"], two["failures"], two["error"]) == (0, 0, "")
    geo = await site.pipeline.database.fetch(
        "SELECT action FROM geo_events WHERE starts_with(event_id, 'reconciled-') ORDER BY id"
    )
    assert sorted(row["action"] for row in geo) == ["delete", "push", "push"]


async def test_two_at_once_fill_in_once(site: Site) -> None:
    site.layout.add_image("v1", seed="two")
    await losing(site)
    names = [f"{APP}:v{number}" for number in range(8)]
    for name in names:
        site.push("v1", name)
    await lost(site)
    both = await asyncio.gather(reconcile(site), reconcile(site))
    # One that looks late finds what the other has filled in.
    assert max(len(said["drifts"]) for said in both) == 8
    await agreed(site, *names)
    assert len(await site.pipeline.database.fetch(FILLED_IN)) == 8
    assert not await site.pipeline.rows("conflicting_events")
    assert (await reconcile(site))["drifts"] == []


async def test_what_is_lost_again_is_found_again(site: Site) -> None:
    for tag in ("v1", "v2"):
        site.layout.add_image(tag, seed=tag)
    site.push("v1", f"{APP}:latest")
    await site.rows()
    for image in ("v2", "v1", "v2"):
        await losing(site)
        site.push(image, f"{APP}:latest")
        await lost(site)
        assert kinds(await reconcile(site)) == {f"{APP}:latest": "moved"}
        await agreed(site, f"{APP}:latest")
    assert len(await site.pipeline.database.fetch(FILLED_IN)) == 3


async def test_pushes_of_one_tag_that_race_end_as_the_registry_has_them(site: Site) -> None:
    bodies = [manifest(site, seed) for seed in ("one", "two")]
    site.push("two", f"{APP}:two")
    site.push("one", f"{APP}:one")
    tags = [f"r{number}" for number in range(60)]
    for tag in tags:
        await asyncio.gather(*(put(site, tag, body) for body in bodies))
    await site.rows()
    await reconcile(site)
    await agreed(site, *(f"{APP}:{tag}" for tag in (*tags, "one", "two")))


def manifest(site: Site, seed: str) -> bytes:
    digest = site.layout.add_image(seed, seed=seed)
    blobs = site.layout.directory / "blobs" / "sha256"
    return (blobs / digest.removeprefix("sha256:")).read_bytes()


async def put(site: Site, tag: str, body: bytes) -> None:
    url = f"http://{site.registry.address}/v2/{APP}/manifests/{tag}"
    kind = {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}
    async with site.pipeline.http.put(url, data=body, headers=kind) as answer:
        assert answer.status == 201


async def written(site: Site) -> Sequence[int]:
    return tuple(await site.pipeline.database.fetchrow(WRITTEN) or ())


async def test_a_dry_run_writes_nothing(site: Site) -> None:
    site.layout.add_image("v1", seed="dry")
    site.push("v1", "kept:v1")
    await site.rows()
    await losing(site)
    site.push("v1", f"{APP}:v1")
    await lost(site)
    before = await written(site)
    said = await reconcile(site, "--dry-run", code=1)
    assert [one["left"] for one in said["drifts"]] == ["dry run"]
    await site.rows()
    assert await written(site) == (before[0] + 1, *before[1:])


async def test_what_is_on_its_way_is_left_alone(site: Site) -> None:
    await site.worker.terminate()
    site.layout.add_image("v1", seed="late")
    site.push("v1", f"{APP}:v1")

    async def queued() -> bool:
        return await waiting(site.amqp_url, EVENTS_QUEUE) >= 3

    await eventually(queued)
    said = await reconcile(site, code=1)
    assert kinds(said) == {f"{APP}:v1": "unrecorded"}
    assert said["drifts"][0]["left"].startswith("events wait in the queue")
    assert said["events_waiting"] >= 3
    # It waits for the queue as long as for what settles, and a worker begins meanwhile.
    looking = asyncio.create_task(reconcile(site, "--settle", "10s"))

    async def looks() -> bool:
        return bool(await site.pipeline.database.fetchval(RUNNING))

    await eventually(looks)
    site.worker.restart()
    said = await looking
    assert (said["drifts"], said["passed"]) == ([], 1)
    assert not await site.pipeline.database.fetch(FILLED_IN)
