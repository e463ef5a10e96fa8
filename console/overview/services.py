"""What ingests and workers say of themselves, where their addresses are known."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Final

import aiohttp
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from console.overview.snapshot import Service
from shared import faults
from shared.metrics import PREFIX
from shared.text import printable

_SECONDS: Final = 2.0
_LONGEST: Final = 1_000_000
_KINDS: Final = ("ingest", "worker")


async def look(http: aiohttp.ClientSession, urls: Sequence[str]) -> Sequence[Service]:
    """One for each of `urls`; never raises: one that does not answer says so."""
    return await asyncio.gather(*(_look(http, url) for url in urls))


def addresses(setting: str) -> Sequence[str]:
    """The URLs of REGISTRY_EVENTS_CONSOLE_SERVICES."""
    return [url.strip().rstrip("/") for url in setting.split(",") if url.strip()]


async def _look(http: aiohttp.ClientSession, url: str) -> Service:
    try:
        async with asyncio.timeout(_SECONDS):
            metrics = await _get(http, f"{url}/metrics")
            ready = await _get(http, f"{url}/health/ready")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return Service(url, fault=faults.in_words(error, seconds=_SECONDS))
    return read(url, metrics, ready)


async def _get(http: aiohttp.ClientSession, url: str) -> str:
    async with http.get(url, allow_redirects=False) as response:
        return (await response.content.read(_LONGEST)).decode("utf-8", "replace")


def read(url: str, metrics: str, ready: str) -> Service:
    """A service from its /metrics and its /health/ready."""
    try:
        families = {family.name: family for family in text_string_to_metric_families(metrics)}
        missing = json.loads(ready).get("missing", {})
    except (ValueError, AttributeError):
        return Service(url, fault="is neither an ingest nor a worker")
    kind = next((kind for kind in _KINDS if f"{PREFIX}{kind}_events" in families), "service")
    return Service(
        url=url,
        kind=kind,
        fault=printable("; ".join(f"{part}: {why}" for part, why in missing.items()), 300),
        version=_version(families.get(f"{PREFIX}build_info")),
        events=_sum(families.get(f"{PREFIX}{kind}_events")),
        dead_lettered=_sum(families.get(f"{PREFIX}dead_letters")),
    )


def _sum(family: Metric | None) -> float:
    """Of what reached the queue: other verbs than these are dropped by the broker."""
    samples: Iterable[tuple[str, dict[str, str], float]] = (
        ((one.name, one.labels, one.value) for one in family.samples) if family else ()
    )
    return sum(
        value
        for name, labels, value in samples
        if name.endswith("_total") and labels.get("action") not in {"pull", "mount"}
    )


def _version(family: Metric | None) -> str:
    labels = family.samples[0].labels if family and family.samples else {}
    return printable(labels.get("version", ""), 40)
