"""Programs that tests alone need; `python -m tests.programs` installs these and the servers'.

Before the tests share out the work, since two that install at once are in each other's way.
"""

import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from console.local.packages.programs import POSTGRES, RABBITMQ, REGISTRY, SKOPEO, Need, ensure
from console.local.report import LocalError


def _find(name: str) -> Path | None:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return Path(found) if found else None


_SHELL: Final = "chromium-headless-shell"
CHROMIUM: Final = Need("chromium without a window", _SHELL, partial(_find, _SHELL))
PGBOUNCER: Final = Need("PgBouncer", "pgbouncer", partial(_find, "pgbouncer"))
PROMTOOL: Final = Need("promtool", "prometheus", partial(_find, "promtool"))


def needed(*needs: Need) -> None:
    """Root gets them installed and fails without; for others the test is skipped."""
    try:
        ensure(needs)
    except LocalError as error:
        if os.geteuid() != 0:
            pytest.skip(str(error))
        pytest.fail(str(error), pytrace=False)


if __name__ == "__main__":
    try:
        ensure((POSTGRES, RABBITMQ), (REGISTRY, SKOPEO, PGBOUNCER, PROMTOOL, CHROMIUM))
    except LocalError as problem:
        sys.exit(str(problem))
