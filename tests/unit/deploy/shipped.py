"""What deploy/ ships, as the tests read it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from tests.unit.deploy.kustomized import everything, template

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "deploy"
VERSION: Final[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
OUR_IMAGE: Final = f"registry-events:{VERSION}"

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS: Final = sorted((DEPLOY / "systemd").glob("*.service"))


def files() -> list[Path]:
    """Every text but what an installation keeps beside it (see deploy/.gitignore)."""
    own = {line.rstrip("/") for line in (DEPLOY / ".gitignore").read_text().splitlines()}
    shipped = (path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".png")
    return sorted(path for path in shipped if own.isdisjoint(path.relative_to(DEPLOY).parts))


def our_services() -> dict[str, dict[str, Any]]:
    return {
        name: service
        for name, service in COMPOSE["services"].items()
        if service["image"].startswith("registry-events:")
    }


def kubernetes() -> Iterator[dict[str, Any]]:
    """All documents: the base with every component, and the examples."""
    yield from everything()
    for path in sorted((DEPLOY / "kubernetes" / "examples").glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


def pods() -> dict[str, dict[str, Any]]:
    """The pod specification of each Deployment, Job and CronJob, by its name."""
    return {
        document["metadata"]["name"]: template(document)["spec"]
        for document in kubernetes()
        if document["kind"] in {"CronJob", "Deployment", "Job"}
    }


def seconds(duration: str) -> float:
    """A duration of Compose or systemd that has one unit or none: 45, 45s, 15min, 500ms."""
    match = re.fullmatch(r"(\d+)(ms|s|min|m)?", duration)
    assert match, duration
    return int(match[1]) * {"ms": 0.001, "min": 60, "m": 60}.get(match[2], 1)


def unit_lines(path: Path, key: str) -> list[str]:
    """The values of `key` in a unit, in order."""
    lines = path.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]
