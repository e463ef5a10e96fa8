"""Ours and others' ways to copy a registry, each as commands that run one after another."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from console.local.servers.registry import Registry
from tests.bench.figures import OURS
from tests.bench.images import TAG

_PLAIN: Final = ("--src-tls-verify=false", "--dest-tls-verify=false")
_SITES: Final = count()


class Way(NamedTuple):
    """From where to where, and a directory for what else it takes."""

    source: Registry
    target: Registry
    repositories: Sequence[str]
    directory: Path


Commands = Callable[[Way], Iterator[Sequence[str]]]


def geo_sync(way: Way) -> Iterator[Sequence[str]]:
    """A new site each time: that looks at everything."""
    yield [
        *(sys.executable, "-m", "console", "geo", "sync", "--once", "-o", "json"),
        *("--site", f"bench-{next(_SITES)}"),
        *("--primary", way.source.url, "--secondary", way.target.url),
    ]


def skopeo_copy(way: Way) -> Iterator[Sequence[str]]:
    for repository in way.repositories:
        places = (f"docker://{one.address}/{repository}:{TAG}" for one in (way.source, way.target))
        yield ["skopeo", "--insecure-policy", "copy", "--all", *_PLAIN, *places]


def skopeo_sync(way: Way) -> Iterator[Sequence[str]]:
    wanted = {repository: [TAG] for repository in way.repositories}
    file = way.directory / "skopeo-sync.yml"
    # Every reader of YAML reads JSON.
    file.write_text(json.dumps({way.source.address: {"tls-verify": False, "images": wanted}}))
    yield [
        *("skopeo", "--insecure-policy", "sync", "--all", "--dest-tls-verify=false"),
        *("--src", "yaml", "--dest", "docker", str(file), way.target.address),
    ]


SKOPEO_COPY: Final = "skopeo copy --all"
COPIERS: Final[dict[str, Commands]] = {
    OURS: geo_sync,
    SKOPEO_COPY: skopeo_copy,
    "skopeo sync": skopeo_sync,
}
