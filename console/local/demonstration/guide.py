"""Where everything listens, and what to try: lines that work as they are printed."""

import os
import shlex
import sys
from pathlib import Path

from console.local.demonstration import sample
from console.local.demonstration.replication import REPOSITORY
from console.local.demonstration.screen import Screen
from console.local.demonstration.steps import IMAGE
from console.local.network.ports import LOOPBACK
from console.local.packages.programs import SKOPEO
from console.local.servers.registry import Registry
from console.local.system import System
from console.local.workspace import write_private


def show(system: System, screen: Screen, *, layout: Path, second: Registry | None) -> None:
    screen.say()
    for name, address in _addresses(system, second):
        screen.say(f"  {name:<11}  {address}")
    screen.say("\nTry, in another terminal in this directory:")
    for line in _lines(system, layout, second):
        screen.say(f"  {line}")
    screen.say("\nEvents appear here as they are recorded; Ctrl-C stops everything.")
    screen.heading()


def _addresses(system: System, second: Registry | None) -> list[tuple[str, str]]:
    services = system.services
    addresses = [
        ("console", f"http://{LOOPBACK}:{services.console_port}/"),
        ("ingest", system.ingest_url),
    ]
    if system.registry:
        addresses.append(("registry", system.registry.address))
    if second:
        addresses.append(("second one", second.address))
    if system.broker:
        nodes = [f"{node.management_url}  (guest / guest)" for node in system.broker.nodes]
        addresses += [("broker", node) for node in nodes]
    health = [services.ingest_port, *services.worker_ports]
    addresses += [("health", f"http://{LOOPBACK}:{port}/health/ready") for port in health]
    return [*addresses, ("settings", str(system.workspace.env_file))]


def _lines(system: System, layout: Path, second: Registry | None) -> list[str]:
    if system.registry and second:
        return [*_geo_lines(system.registry, second, layout), _command(system, "geo sites")]
    lines = [_curl(system), _command(system, "dead-letters tail")]
    if system.registry and SKOPEO.find():
        lines.insert(0, _copy(layout, f"docker://{system.registry.address}/demo/again:v1"))
    return lines


def _geo_lines(first: Registry, second: Registry, layout: Path) -> list[str]:
    """To a repository that has another tag: of one that has none nothing would be deleted."""
    here, there = (f"docker://{one.address}/{REPOSITORY}:again" for one in (first, second))
    return [
        _copy(layout, here),
        f"skopeo inspect --raw --tls-verify=false {there}",
        f"skopeo delete --tls-verify=false {here}",
    ]


def _copy(layout: Path, target: str) -> str:
    source = shlex.quote(f"oci:{layout}:{IMAGE}")
    return f"skopeo copy --insecure-policy --dest-tls-verify=false {source} {target}"


def _curl(system: System) -> str:
    """Its events are new ones; sent once more they are the same, and counted once."""
    directory = system.workspace.directory
    path = directory / "sample.json"
    write_private(path, sample.to_json(sample.notification()).decode())
    token = shlex.quote(str(directory / "token"))
    return (
        f'curl --noproxy {LOOPBACK} -H "Authorization: Bearer $(cat {token})" '
        f"-H 'Content-Type: {sample.CONTENT_TYPE}' "
        f"--data-binary {shlex.quote(f'@{path}')} {system.ingest_url}"
    )


def _command(system: System, words: str) -> str:
    program = Path(sys.executable).parent / "registry-events"
    shown = os.path.relpath(program)
    shown = shown if len(shown) < len(str(program)) else str(program)
    env_file = shlex.quote(str(system.workspace.env_file))
    return f"{shlex.quote(shown)} --env-file {env_file} {words}"
