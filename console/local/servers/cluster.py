"""PostgreSQL's data directory, made once."""

import os
from pathlib import Path

from console.local.packages.programs import POSTGRES
from console.local.processes.family import is_zombie
from console.local.processes.process import Process, bare_environment
from console.local.servers.place import Place

_INITDB_SECONDS = 120


def initialise(place: Place, *, fast: bool, log: Path) -> None:
    """Make `data` in `place` unless it is there; raises LocalError with what initdb says."""
    data = place.directory / "data"
    if data.exists():
        _forget_zombies(place.directory)
        return
    # Renamed when complete, so that an interrupted initdb leaves nothing that looks finished.
    fresh = place.directory / f"data.{os.getpid()}"
    command: list[str | Path] = [POSTGRES.found() / "initdb", "-D", fresh, "-U", "postgres"]
    command += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--no-sync"] if fast else []
    process = Process(
        name="initdb",
        command=command,
        log=log,
        environment=bare_environment(place.directory),
        directory=place.directory,
        owner=place.owner,
    )
    try:
        process.start()
        process.finish(seconds=_INITDB_SECONDS)
    finally:
        # It has children of its own, which an interruption would leave writing.
        process.kill()
    fresh.rename(data)


def _forget_zombies(directory: Path) -> None:
    """PostgreSQL takes an ended server for a running one while nobody has reaped it."""
    for lock in (directory / "data" / "postmaster.pid", *directory.glob(".s.PGSQL.*.lock")):
        first = lock.read_text().partition("\n")[0] if lock.exists() else ""
        if first.isdecimal() and is_zombie(int(first)):
            lock.unlink()
