"""Installing Debian packages as root, without leaving a system service running."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import click

from console.local.report import LocalError, Say

_UNITS = (
    "postgresql.service",
    "rabbitmq-server.service",
    "epmd.service",
    "epmd.socket",
    "docker-registry.service",
    "prometheus.service",
)
_POLICY = Path("/usr/sbin/policy-rc.d")
# Debian policy, invoke-rc.d: exit code 101 forbids the action. Its first words say whose it is, so
# that one that was left by a killed run is taken away by the next.
_FORBID = "#!/bin/sh\n# registry-events, while it installs\nexit 101\n"
_WAIT = ("-o", "DPkg::Lock::Timeout=120")


def install(packages: Sequence[str], *, say: Say) -> None:
    """Raises LocalError when apt-get is missing, fails, or the user says no."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise LocalError(f"{names}: not installed, and there is no apt-get here to install with")
    if sys.stdin.isatty() and not click.confirm(f"Install {names} with apt-get?", default=True):
        raise LocalError(f"{names}: not installed, as you wished")
    say(f"Installing {names} with apt-get (their system services stay off)")
    with _services_stay_off(), _units_stay_disabled():
        _update()
        _run("apt-get", *_WAIT, "install", "--yes", "--no-install-recommends", *packages)


@contextmanager
def _services_stay_off() -> Iterator[None]:
    if _POLICY.exists() and _POLICY.read_text(errors="replace") != _FORBID:
        yield
        return
    _POLICY.write_text(_FORBID)
    try:
        _POLICY.chmod(0o755)
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


@contextmanager
def _units_stay_disabled() -> Iterator[None]:
    before = _enabled_units()
    try:
        yield
    finally:
        for unit in _enabled_units() - before:
            subprocess.run(["systemctl", "disable", unit], capture_output=True, check=False)


def _enabled_units() -> set[str]:
    if shutil.which("systemctl") is None:
        return set()
    return {unit for unit in _UNITS if _is_enabled(unit)}


def _is_enabled(unit: str) -> bool:
    asked = ["systemctl", "is-enabled", "--quiet", unit]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@cache
def _update() -> None:
    _run("apt-get", *_WAIT, "update")


def _run(*command: str) -> None:
    """Its own session: Ctrl-C must not tear apt-get away in the middle of unpacking."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        output, _ = child.communicate()
    except BaseException:
        child.send_signal(signal.SIGINT)
        child.communicate()
        raise
    if child.returncode != 0:
        last = (output.strip() or "no output").splitlines()[-1]
        raise LocalError(f"`{' '.join(command)}` failed: {last}")
