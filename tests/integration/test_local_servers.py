"""The private servers answer, keep their data and ports, and leave nothing behind."""

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil
import pytest

from console.local.demonstration.image import INDEX, MANIFEST, Layout
from console.local.network.loopback import request
from console.local.network.ports import HIGHEST, LOWEST, PortBook, free_port
from console.local.processes.family import family, is_alive
from console.local.processes.process import Process
from console.local.report import LocalError
from console.local.servers.postgres import Postgres
from console.local.servers.registry import Registry
from console.local.servers.server import Server


def members(server: Server) -> set[psutil.Process]:
    return {one for process in server.processes for one in family(process.pid or 0)}


async def rows(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        await connection.execute("INSERT INTO kept VALUES (1)")
        return int(await connection.fetchval("SELECT count(*) FROM kept"))
    finally:
        await connection.close()


async def test_postgres_keeps_data_and_port_and_leaves_no_process(tmp_path: Path) -> None:
    with Postgres(tmp_path / "postgres", fast=True) as server:
        url = server.url()
        assert await rows(url) == 1
        server.stop()
        server.start()
        assert (await rows(server.url()), server.url()) == (2, url)
        server.pause()
        server.kill()
        server.start()
        assert await rows(url) == 3
        alive = members(server)
        assert len(alive) > 1
    assert not [one for one in alive if is_alive(one)]


async def test_durable_postgres_says_where_its_data_lie(tmp_path: Path) -> None:
    said: list[str] = []
    with Postgres(tmp_path / "postgres", fast=False, say=said.append) as server:
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SHOW fsync") == "on"
        data = Path(await connection.fetchval("SHOW data_directory"))
        await connection.close()
    assert data.parent == tmp_path / "postgres" or str(data.parent) in said[0]
    shutil.rmtree(data.parent)


def test_another_server_on_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    with Postgres(tmp_path / "one", fast=True) as server:
        second = Postgres(tmp_path / "two", fast=True, take_port=lambda _: server.port)
        with pytest.raises(LocalError, match="in use by another program"):
            second.start()


def copy(*arguments: str) -> None:
    command = ["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


@pytest.mark.usefixtures("registry_programs")
def test_registry_takes_an_image_and_an_index(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    digest = layout.add_image("one", seed="a", layers=2)
    index = layout.add_index("many", seed="b")
    with Registry(tmp_path / "registry", "http://127.0.0.1:1/", "secret") as registry:
        for tag in ("one", "many"):
            copy("--all", f"oci:{layout.directory}:{tag}", f"docker://{registry.address}/a/b:{tag}")
        for known in (digest, index):
            headers = {"Accept": f"{MANIFEST}, {INDEX}"}
            assert (
                request(registry.port, "GET", f"/v2/a/b/manifests/{known}", headers=headers)[0]
                == 200
            )
        alive = members(registry)
    assert (tmp_path / "registry" / "registry.yml").stat().st_mode & 0o077 == 0
    assert not [one for one in alive if is_alive(one)]


def test_same_seed_same_image(tmp_path: Path) -> None:
    one, two = Layout(tmp_path / "one"), Layout(tmp_path / "two")
    assert one.add_image("t", seed="a") == two.add_image("t", seed="a")
    assert one.add_image("t", seed="b") != two.add_image("t", seed="a")
    index = json.loads((one.directory / "index.json").read_text())
    assert len(index["manifests"]) == 1


def test_ports_are_kept_unless_taken() -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "ports.json"
        path.write_text(json.dumps({"old": 1, "odd": "x"}))
        wanted = free_port()
        assert LOWEST <= wanted <= HIGHEST
        path.write_text(json.dumps({"ours": wanted}))
        # This process has handed it out already.
        assert PortBook(path).take("ours") != wanted
        assert json.loads(path.read_text())["ours"] != wanted


def test_a_program_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    process = Process("the broker", [tmp_path / "absent"], tmp_path / "log")
    with pytest.raises(LocalError, match="the broker cannot be started"):
        process.start()


def test_a_program_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    process = Process("it", ["/bin/sh", "-c", "echo reason; exit 3"], tmp_path / "log")
    process.start()
    with pytest.raises(LocalError, match=r"(?s)it ended with exit code 3.*reason"):
        process.wait_until(lambda: False, seconds=10)
    process.stop()
