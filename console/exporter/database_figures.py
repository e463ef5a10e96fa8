"""Figures of what stands in the tables. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import Metric

from console.exporter.family import family, single
from console.overview.seen.database import Database, Partitions, Reconciled
from console.overview.seen.site import Site
from shared.forward_backlog import Backlog


def of(database: Database) -> Iterator[Metric]:
    """Nothing of one that was not seen; its schema alone where migrations are missing."""
    if database.schema is not None and database.schema_expected is not None:
        yield single("schema_version", "The latest migration applied.", database.schema)
        yield single(
            "schema_expected_version",
            "The latest migration that this program comes with.",
            database.schema_expected,
        )
    if not database.partitions.counts:
        return
    yield from _partitions(database.partitions)
    yield from _sites({one.name: one for one in database.sites})
    yield from _forwarding(database.forwarding)
    yield from _reconciled({one.source: one for one in database.reconciled})


def _partitions(partitions: Partitions) -> Iterator[Metric]:
    counts = partitions.counts
    yield family("partitions", "Partitions of a table, but for its default one.", "table", counts)
    yield family(
        "partition_missing",
        "1 if no partition is there for a week from now.",
        "table",
        {table: float(table in partitions.missing) for table in counts},
    )
    yield single(
        "default_partition_events",
        "Tracking events of the last day in the default partition, 10,000 at most.",
        partitions.outside,
    )


def _sites(sites: Mapping[str, Site]) -> Iterator[Metric]:
    yield family(
        "geo_site_lag_events",
        "Changes that a site has yet to do.",
        "site",
        {name: one.lag_events for name, one in sites.items()},
    )
    yield family(
        "geo_site_lag_seconds",
        "How long the first change that a site has yet to do is recorded; +Inf: it was dropped.",
        "site",
        {
            name: math.inf if one.lag_seconds is None else one.lag_seconds
            for name, one in sites.items()
        },
    )
    yield family(
        "geo_site_pending_repositories",
        "Repositories still to be made equal at a site.",
        "site",
        {name: one.pending for name, one in sites.items()},
    )
    yield family(
        "geo_site_failing_repositories",
        "Repositories that could not be made equal at a site so far.",
        "site",
        {name: one.failing for name, one in sites.items()},
    )


def _forwarding(backlogs: Sequence[Backlog]) -> Iterator[Metric]:
    """By the names that forward has for them, which may not run."""
    yield family(
        "forward_waiting_events",
        "Events that wait for a sink, 10,000 at most.",
        "sink",
        {one.sink: one.waiting for one in backlogs},
    )
    yield family(
        "forward_oldest_seconds",
        "How long ago the first that waits was recorded.",
        "sink",
        {one.sink: one.oldest_age or 0.0 for one in backlogs},
    )
    yield family(
        "forward_refused_events",
        "Events kept since a sink refused them.",
        "sink",
        {one.sink: one.refused for one in backlogs},
    )


def _reconciled(sources: Mapping[str, Reconciled]) -> Iterator[Metric]:
    yield family(
        "reconcile_age_seconds",
        "Since a source was compared with its registry last, or since that began if it was killed.",
        "source",
        {name: one.age for name, one in sources.items()},
    )
    yield family(
        "reconcile_ended",
        "0 if the last comparison of a source was killed.",
        "source",
        {name: float(one.has_ended) for name, one in sources.items()},
    )
    yield family(
        "reconcile_left_tags",
        "Tags that differed at the last comparison of a source and were not filled in.",
        "source",
        {name: one.left for name, one in sources.items()},
    )
    yield family(
        "reconcile_failures",
        "Repositories that the last comparison of a source could not look at.",
        "source",
        {name: one.failures for name, one in sources.items()},
    )
