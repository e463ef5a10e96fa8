"""The programs the private servers need: where they are on this machine, and how to get them."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from console.local.packages import apt, wheel
from console.local.report import LocalError, Say, to_stderr

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
    """Directory with `initdb` and `postgres`; of several installed versions the newest."""
    places = _newest("/usr/lib/postgresql/*/bin/postgres")
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
    if found := shutil.which("rabbitmq-server"):
        places.append(Path(found).resolve())
    return next((path for path in places if path.parent not in _SYSTEM_DIRECTORIES), None)


def epmd() -> Path | None:
    found = shutil.which("epmd")
    places = [path for pattern in _EPMD_PLACES for path in _newest(pattern)]
    return Path(found) if found else next(iter(places), None)


def docker_registry() -> Path | None:
    found = shutil.which("docker-registry") or shutil.which("registry")
    return Path(found) if found else None


def skopeo() -> Path | None:
    found = shutil.which("skopeo")
    return Path(found) if found else None


def promtool() -> Path | None:
    found = shutil.which("promtool")
    return Path(found) if found else None


@dataclass(frozen=True, slots=True)
class Need:
    label: str
    debian: str
    find: Callable[[], Path | None]

    def found(self) -> Path:
        """Raises LocalError when it is not installed."""
        path = self.find()
        if path is None:
            raise LocalError(f"{self.label} is not installed")
        return path


POSTGRES = Need("PostgreSQL", "postgresql", postgres_bin)
RABBITMQ = Need("RabbitMQ", "rabbitmq-server", rabbitmq_server)
EPMD = Need("epmd (Erlang's port mapper)", "erlang-base", epmd)
REGISTRY = Need("a container registry", "docker-registry", docker_registry)
SKOPEO = Need("skopeo", "skopeo", skopeo)
PROMTOOL = Need("promtool", "prometheus", promtool)


def ensure(
    required: Iterable[Need], optional: Iterable[Need] = (), *, say: Say = to_stderr
) -> None:
    """Install what is missing. Raises LocalError for what is required only."""
    missing = [need for need in required if need.find() is None]
    if missing:
        _install(missing, say)
    still = [need for need in missing if need.find() is None]
    if still:
        raise LocalError(_how_to_install(still))
    for need in [need for need in optional if need.find() is None]:
        _try(need, say)


def _install(missing: list[Need], say: Say) -> None:
    if os.geteuid() == 0:
        try:
            apt.install([need.debian for need in missing], say=say)
        except LocalError as error:
            if POSTGRES not in missing:
                raise
            say(str(error))
    if POSTGRES in missing and POSTGRES.find() is None:
        wheel.install(say=say)


def _try(need: Need, say: Say) -> None:
    if os.geteuid() != 0:
        say(_how_to_install([need]) + " (optional: the rest works without)")
        return
    try:
        apt.install([need.debian], say=say)
    except LocalError as error:
        say(f"Going on without {need.label}: {error}")


def _how_to_install(needs: list[Need]) -> str:
    labels = " and ".join(need.label for need in needs)
    verb = "is" if len(needs) == 1 else "are"
    names = " ".join(need.debian for need in needs)
    return f"{labels} {verb} not installed; install with: sudo apt-get install {names}"


def _newest(pattern: str) -> list[Path]:
    found = Path("/").glob(pattern.lstrip("/"))
    return sorted(found, key=_version, reverse=True)


def _version(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
