"""`registry-events up`: the whole system on this machine, with events arriving."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from console.local import secondary
from console.local.demonstration import guide, registries, steps
from console.local.demonstration.feed import Feed
from console.local.demonstration.replication import Replication
from console.local.demonstration.screen import Screen
from console.local.demonstration.steps import Expected
from console.local.demonstration.watch import Watch
from console.local.packages.programs import REGISTRY, SKOPEO, ensure
from console.local.processes import interrupts
from console.local.report import LocalError
from console.local.servers.registry import Registry
from console.local.system import System
from console.local.workspace import Workspace

_DEMONSTRATION_SECONDS = 30
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class _Options:
    workers: int
    with_registry: bool
    once: bool
    data: Path
    samples: Sequence[str]
    geo: bool
    broker_nodes: int

    @property
    def layout(self) -> Path:
        return self.data / "image"


@click.command()
@click.option("--no-registry", is_flag=True, help="Post a sample notification instead.")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    metavar="REGISTRY",
    type=click.Choice([*registries.names(), registries.ALL]),
    help="Send what this other registry would, instead; `all` for one of each.",
)
@click.option("--geo", is_flag=True, help="A second registry too, kept equal by geo sync.")
@click.option(
    "--broker-nodes",
    type=click.IntRange(1, 5),
    default=1,
    show_default=True,
    help="RabbitMQ as a cluster of so many nodes.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--once", is_flag=True, help="End after the demonstration: 0 if all came about.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".local"),
    show_default=True,
    help="Directory for data, logs, ports and token.",
)
def up(
    *,
    no_registry: bool,
    samples: Sequence[str],
    **others: Any,  # noqa: ANN401  as click has them, by their names in _Options
) -> None:
    """Run the whole system on this machine, with events arriving.

    A private PostgreSQL and RabbitMQ (or those of DATABASE_URL and AMQP_URL), ingest, workers
    and a container registry, on free loopback ports. Ctrl-C stops everything. With --geo what is
    pushed to that registry arrives on a second one, byte for byte, and what is deleted goes there.
    """
    options = _Options(with_registry=not no_registry, samples=registries.chosen(samples), **others)
    if options.geo and (no_registry or samples):
        raise click.UsageError("--geo shows registries: neither --no-registry nor --sample")
    screen = Screen()
    try:
        with interrupts.raised():
            missing = _run(options, screen)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED if options.once else 0)
    except LocalError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(1 if missing else 0)


def _run(options: _Options, screen: Screen) -> Sequence[str]:
    """What did not come about, in words. Raises LocalError."""
    if options.geo:
        ensure([REGISTRY, SKOPEO], say=screen.say)
    workspace = Workspace(options.data, say=screen.say)
    with workspace.claimed():
        token = workspace.token()
        more = {
            **registries.settings(options.samples, token),
            **(secondary.settings(token) if options.geo else {}),
        }
        system = System(workspace, screen.say, more, broker_nodes=options.broker_nodes)
        try:
            system.start(workers=options.workers, with_registry=options.with_registry)
            second = secondary.start(system) if options.geo else None
            return _show(options, screen, system, second)
        finally:
            with interrupts.ignored():
                system.stop()


def _show(
    options: _Options, screen: Screen, system: System, second: Registry | None
) -> Sequence[str]:
    with Feed(system.database_url) as feed:
        watch = Watch(feed, system, screen)
        screen.heading()
        if system.registry and second:
            replication = Replication(system.registry, second, options.layout, watch, screen)
            missing = replication.show(seconds=_DEMONSTRATION_SECONDS)
            verdict = "What was done to the first registry happened to the second."
        else:
            expected = _demonstrate(system, options.layout, options.samples)
            unrecorded = watch.until_recorded(expected, seconds=_DEMONSTRATION_SECONDS)
            missing = [one.label for one in unrecorded]
            verdict = f"All {len(expected)} expected events were recorded."
        screen.say(_regret(missing) if missing else verdict, "bold red" if missing else "bold")
        if not options.once:
            guide.show(system, screen, layout=options.layout, second=second)
            watch.forever()
    return missing


def _demonstrate(system: System, layout: Path, samples: Sequence[str]) -> list[Expected]:
    port, token = system.services.ingest_port, system.token
    if samples:
        return [one for name in samples for one in registries.send(port, token, name)]
    if system.registry and SKOPEO.find():
        return steps.use_registry(system.registry.address, layout)
    return steps.post_sample(port, token)


def _regret(missing: Sequence[str]) -> str:
    return f"Not within {_DEMONSTRATION_SECONDS} s: {', '.join(missing)}"
