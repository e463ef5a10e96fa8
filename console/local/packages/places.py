"""Where the programs are.

RabbitMQ, Erlang and PostgreSQL lie in the tree that `LOCAL_SERVERS_ROOT` names, if it names one,
laid out as a machine's own: so other versions than this machine's can be run.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console.local.packages import wheel
from console.local.report import LocalError

TREE: Final = "LOCAL_SERVERS_ROOT"
_SYSTEM_DIRECTORIES = {Path("/usr/sbin"), Path("/sbin"), Path("/usr/bin"), Path("/bin")}
_RABBITMQ_PLACES = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/rabbitmq*/sbin/rabbitmq-server",
    "/usr/local/lib/rabbitmq*/sbin/rabbitmq-server",
    "/opt/homebrew/sbin/rabbitmq-server",
)
_EPMD_PLACES = ("/usr/lib*/erlang/erts-*/bin/epmd", "/usr/local/lib/erlang/erts-*/bin/epmd")


def postgres_bin() -> Path | None:
    """Directory with `initdb` and `postgres`; of several installed versions the newest.

    Raises LocalError when a tree is named that has none; so do those of the broker.
    """
    places = _newest("/usr/lib/postgresql/*/bin/postgres")
    if _tree():
        return _of_the_tree(places, "PostgreSQL").parent
    places += _newest("/usr/pgsql-*/bin/postgres")
    if found := shutil.which("postgres"):
        places.append(Path(found).resolve())
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(told.stdout.strip()) / "postgres")
    return next((p.parent for p in places if (p.parent / "initdb").exists()), wheel.postgres_bin())


def rabbitmq_server() -> Path | None:
    """The real script, never the distribution's wrapper, which insists on its own user."""
    places = [path for pattern in _RABBITMQ_PLACES for path in _newest(pattern)]
    if _tree():
        return _of_the_tree(places, "RabbitMQ")
    if found := shutil.which("rabbitmq-server"):
        places.append(Path(found).resolve())
    return next((path for path in places if path.parent not in _SYSTEM_DIRECTORIES), None)


def epmd() -> Path | None:
    """Erlang's other programs lie beside it."""
    places = [path for pattern in _EPMD_PLACES for path in _newest(pattern)]
    if _tree():
        return _of_the_tree(places, "Erlang")
    found = shutil.which("epmd")
    return Path(found) if found else next(iter(places), None)


def docker_registry() -> Path | None:
    found = shutil.which("docker-registry") or shutil.which("registry")
    return Path(found) if found else None


def skopeo() -> Path | None:
    found = shutil.which("skopeo")
    return Path(found) if found else None


def _tree() -> Path | None:
    named = os.environ.get(TREE)
    return Path(named).absolute() if named else None


def _of_the_tree(places: Sequence[Path], label: str) -> Path:
    if not places:
        raise LocalError(f"{TREE}={_tree()} has no {label}")
    return places[0]


def _newest(pattern: str) -> list[Path]:
    found = (_tree() or Path("/")).glob(pattern.lstrip("/"))
    return sorted(found, key=_version, reverse=True)


def _version(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
