"""A real registry and what is recorded of each thing that is done to it, and nothing else."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from tests.processes import Processes
from tests.registries import Row, Site, running_site

APP = "team/app"


@pytest.fixture
async def site(
    registry_programs: None,  # noqa: ARG001  order
    processes: Processes,
    tmp_path: Path,
) -> AsyncIterator[Site]:
    async with running_site(processes, tmp_path) as site:
        yield site


async def test_a_new_image_by_tag(site: Site) -> None:
    digest = site.layout.add_image("v1", seed="new", layers=3)
    site.push("v1", f"{APP}:v1")
    created, *pushed, tagged = await site.rows()
    assert created.action == "create_repository"
    assert {row.action for row in pushed} == {"push_repository"}
    assert [row[1:] for row in sorted((created, *pushed), key=lambda row: row.digest or "")] == [
        (APP, None, blob, None) for blob in sorted(site.blobs(digest))
    ]
    assert tagged == Row("push_tag", APP, "v1", digest, "push")


@pytest.mark.usefixtures("registry_programs")
async def test_a_new_image_in_one_batch(processes: Processes, tmp_path: Path) -> None:
    async with running_site(processes, tmp_path, batch_size=500) as site:
        digest = site.layout.add_image("v1", seed="batch", layers=3)
        site.push("v1", f"{APP}:v1")
        rows = await site.rows()
    assert Counter(row.action for row in rows) == {
        "create_repository": 1,
        "push_repository": 3,
        "push_tag": 1,
    }
    assert Row("push_tag", APP, "v1", digest, "push") in rows


async def test_the_same_push_again(site: Site) -> None:
    digest = site.layout.add_image("v1", seed="again")
    site.push("v1", f"{APP}:v1")
    before = await site.rows()
    site.push("v1", f"{APP}:v1")
    assert await site.rows() == [*before, Row("push_tag", APP, "v1", digest, "push")]


async def test_a_second_tag_of_the_same_digest(site: Site) -> None:
    digest = site.layout.add_image("v1", seed="second")
    site.push("v1", f"{APP}:v1")
    before = await site.rows()
    site.push("v1", f"{APP}:latest")
    assert await site.rows() == [*before, Row("push_tag", APP, "latest", digest, "push")]


async def test_an_index_of_two_platforms(site: Site) -> None:
    index = site.layout.add_index("v1", seed="many")
    children = [child["digest"] for child in site.read(index)["manifests"]]
    site.push("v1", f"{APP}:v1")
    rows = await site.rows()
    assert rows[0].action == "create_repository"
    assert rows[-1] == Row("push_tag", APP, "v1", index, "push")
    blobs = [blob for child in children for blob in site.blobs(child)]
    first = rows[0].digest
    assert first in blobs
    assert Counter(rows[1:-1]) == Counter(
        pushed((blob for blob in blobs if blob != first), geo=None) + pushed(children, geo="push")
    )


def pushed(digests: Iterable[str], *, geo: str | None) -> list[Row]:
    return [Row("push_repository", APP, None, digest, geo) for digest in digests]


async def test_a_mounted_blob_leaves_no_row(site: Site) -> None:
    digest = site.layout.add_image("v1", seed="mount")
    site.push("v1", f"{APP}:v1")
    before = await site.rows()
    blob = site.blobs(digest)[0]
    status, _ = await site.call("POST", f"/v2/team/other/blobs/uploads/?mount={blob}&from={APP}")
    assert status == 201
    assert await site.rows() == before
    events = "registry_events_ingest_events_total"
    assert site.ingest.metric(events, action="mount", outcome="accepted") == 1


async def test_deleting_a_digest_with_two_tags(site: Site) -> None:
    digest = site.layout.add_image("v1", seed="delete")
    for tag in ("v1", "latest"):
        site.push("v1", f"{APP}:{tag}")
    before = await site.rows()
    assert (await site.call("DELETE", f"/v2/{APP}/manifests/{digest}"))[0] == 202
    deleted = (await site.rows())[len(before) :]
    # Distribution 2.8 sends no media type with a delete, so it is not seen to be a manifest's.
    assert Counter(deleted) == Counter(
        [
            Row("delete_repository", APP, None, digest),
            Row("delete_tag", APP, "v1", None, "delete"),
            Row("delete_tag", APP, "latest", None, "delete"),
        ]
    )
