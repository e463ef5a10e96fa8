"""`registry-events up`: the whole system on this machine, with events arriving."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from console.local.demonstration import guide, registries, steps
from console.local.demonstration.feed import Feed
from console.local.demonstration.screen import Screen
from console.local.demonstration.steps import Expected
from console.local.demonstration.watch import Watch
from console.local.packages.programs import skopeo
from console.local.processes import interrupts
from console.local.report import LocalError
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
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--once", is_flag=True, help="End after the demonstration: 0 if all was recorded.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".local"),
    show_default=True,
    help="Directory for data, logs, ports and token.",
)
def up(*, no_registry: bool, samples: Sequence[str], workers: int, once: bool, data: Path) -> None:
    """Run the whole system on this machine, with events arriving.

    A private PostgreSQL and RabbitMQ (or those of DATABASE_URL and AMQP_URL), ingest, workers
    and a container registry, on free loopback ports. Ctrl-C stops everything.
    """
    options = _Options(workers, not no_registry, once, data, registries.chosen(samples))
    screen = Screen()
    try:
        with interrupts.raised():
            missing = _run(options, screen)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED if once else 0)
    except LocalError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(1 if missing else 0)


def _run(options: _Options, screen: Screen) -> list[Expected]:
    workspace = Workspace(options.data, say=screen.say)
    with workspace.claimed():
        more = registries.settings(options.samples, workspace.token())
        system = System(workspace, screen.say, more)
        try:
            system.start(workers=options.workers, with_registry=options.with_registry)
            return _show(options, screen, system)
        finally:
            with interrupts.ignored():
                system.stop()


def _show(options: _Options, screen: Screen, system: System) -> list[Expected]:
    layout = options.data / "image"
    with Feed(system.database_url) as feed:
        watch = Watch(feed, system, screen)
        screen.heading()
        expected = _demonstrate(system, layout, options.samples)
        missing = watch.until_recorded(expected, seconds=_DEMONSTRATION_SECONDS)
        screen.say(_verdict(expected, missing), "bold red" if missing else "bold")
        if not options.once:
            guide.show(system, screen, layout=layout)
            watch.forever()
    return missing


def _demonstrate(system: System, layout: Path, samples: Sequence[str]) -> list[Expected]:
    port, token = system.services.ingest_port, system.token
    if samples:
        return [one for name in samples for one in registries.send(port, token, name)]
    if system.registry and skopeo():
        return steps.use_registry(system.registry.address, layout)
    return steps.post_sample(port, token)


def _verdict(expected: list[Expected], missing: list[Expected]) -> str:
    if not missing:
        return f"All {len(expected)} expected events were recorded."
    labels = ", ".join(one.label for one in missing)
    return f"Not recorded within {_DEMONSTRATION_SECONDS} s: {labels}"
