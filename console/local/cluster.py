"""PostgreSQL's data directory, made once."""

import os
import subprocess
from pathlib import Path

from console.local.packages import postgres_bin
from console.local.processes import bare_environment
from console.local.report import LocalError
from console.local.servant import Place


def program(name: str) -> Path:
    found = postgres_bin()
    if found is None:
        raise LocalError("PostgreSQL is not installed")
    return found / name


def initialise(place: Place, *, fast: bool) -> None:
    """Make `data` in `place` unless it is there; raises LocalError with what initdb says."""
    data = place.directory / "data"
    if data.exists():
        return
    # Renamed when complete, so that an interrupted initdb leaves nothing that looks finished.
    fresh = place.directory / f"data.{os.getpid()}"
    command: list[str | Path] = [program("initdb"), "-D", fresh, "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", *(["--no-sync"] if fast else [])]
    uid, gid = place.owner or (None, None)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=bare_environment(place.directory),
        cwd=place.directory,
        user=uid,
        group=gid,
        extra_groups=[] if place.owner else None,
    )
    if done.returncode != 0:
        raise LocalError(f"initdb failed: {done.stderr.strip()}")
    fresh.rename(data)
