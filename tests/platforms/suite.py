"""The suite on one platform, and the line that the README has of it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree as ET

from console.local.packages import places
from console.local.report import LocalError, to_stderr
from tests.platforms import archive, relocation
from tests.platforms.platform import CACHE, INSTALLED, PACKAGES, ROOT


class Run(NamedTuple):
    """pytest's exit code, and the README's line of it."""

    code: int
    row: str


def run(release: str, arguments: Sequence[str]) -> Run:
    """Raises LocalError when the platform cannot be had."""
    python, environment = Path(sys.executable), dict(os.environ)
    if release != INSTALLED:
        tree = _tree(release)
        environment[places.TREE] = str(tree)
        python = _python(release, tree)
    code, counts = _pytest([python, "-m", "pytest", *arguments], environment)
    columns = [release, *_versions(python, environment), f"{datetime.now(UTC):%Y-%m-%d}", counts]
    return Run(code, f"| {' | '.join(columns)} |")


def _tree(release: str) -> Path:
    """Fetched once; to have newer versions of it, delete its folder."""
    tree = CACHE / release / "root"
    if not tree.exists():
        to_stderr(f"Fetching {', '.join(PACKAGES)} of Debian's {release} ...")
        tree.parent.mkdir(parents=True, exist_ok=True)
        # Beside it first, so that an interruption leaves nothing that looks whole.
        with TemporaryDirectory(dir=tree.parent) as name:
            fresh = Path(name) / tree.name
            archive.unpack(release, PACKAGES, fresh)
            relocation.relocate(fresh, tree)
            fresh.rename(tree)
    return tree


def _python(release: str, tree: Path) -> Path:
    """That of the release, in an environment with what the lock file has."""
    environment = CACHE / release / "venv"
    python = tree / "usr" / "bin" / "python3"
    made = subprocess.run(
        ["make", "install", f"VENV={environment}", f"PYTHON={python}"], cwd=ROOT, check=False
    )
    if made.returncode != 0:
        raise LocalError(f"no virtual environment with {python}")
    return environment / "bin" / "python"


def _pytest(command: Sequence[str | Path], environment: Mapping[str, str]) -> tuple[int, str]:
    """Its exit code, and how many tests passed, failed and were skipped."""
    with TemporaryDirectory() as name:
        report = Path(name) / "report.xml"
        written = [f"--junitxml={report}", "-o", "junit_family=xunit2"]
        done = subprocess.run([*command, *written], cwd=ROOT, env=environment, check=False)
        if not report.exists():
            return done.returncode, "ended before its report"
        (suite,) = ET.parse(report).getroot().iter("testsuite")  # noqa: S314  pytest wrote it
    total, failures, errors, skipped = (
        int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return done.returncode, f"{total - failed - skipped} passed, {failed} failed, {skipped} skipped"


def _versions(python: Path, environment: Mapping[str, str]) -> list[str]:
    """Of RabbitMQ, PostgreSQL and Python."""
    ask = (
        "import platform, re, subprocess;"
        "from console.local.packages.programs import POSTGRES, RABBITMQ;"
        "asked = [POSTGRES.found() / 'postgres', '--version'];"
        "said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout;"
        "print(re.search(r'[0-9.]+[0-9]', RABBITMQ.found().parts[-3])[0]);"
        "print(said.split()[2]);"
        "print(platform.python_version())"
    )
    told = subprocess.run(
        [python, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return told.stdout.split()
