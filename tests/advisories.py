"""`python -m tests.advisories`: what is known against the locked versions. It warns, never fails.

PIP_AUDIT_VULNERABILITY_SERVICE and PIP_AUDIT_OSV_URL name another service than OSV's own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from shared.text import printable

ROOT: Final = Path(__file__).parents[1]
# Seconds: lint is run often, and where there is no network too.
_CONNECT, _LONGEST = 3, 10
_COMMAND: Final = (
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"),
    *("--requirement", str(ROOT / "requirements.lock"), "--timeout", str(_CONNECT)),
    *("--format", "json", "--desc", "off", "--progress-spinner", "off"),
)
# Not the index: that would be a question for each version at each run.
_SERVICE: Final = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv"}


def main() -> None:
    for line in _asked():
        sys.stdout.write(f"{line}\n")


def _asked() -> list[str]:
    try:
        done = subprocess.run(
            _COMMAND,
            env=_SERVICE | os.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        return [f"advisories not asked: no answer within {_LONGEST} s"]
    try:
        dependencies = json.loads(done.stdout)["dependencies"]
    except ValueError:
        lines = done.stderr.strip().splitlines() or ["no answer"]
        return [f"advisories not asked: {printable(lines[-1], 160)}"]
    return [line for one in dependencies for line in _known(one)] or [
        f"no advisories against {len(dependencies)} locked versions"
    ]


def _known(dependency: dict[str, Any]) -> list[str]:
    """What is known against one dependency, or why that is not known."""
    name = dependency["name"]
    if reason := dependency.get("skip_reason"):
        return [f"advisories not asked about {name}: {printable(reason, 160)}"]
    return [
        f"advisory {known['id']} against {name} {dependency['version']}, "
        f"mended in {', '.join(known['fix_versions']) or 'no version'}"
        for known in dependency["vulns"]
    ]


if __name__ == "__main__":
    main()
