"""Packages of another release of Debian, unpacked; nothing of the machine changes.

apt-get gets a state of its own, in which nothing is installed: so it takes everything down to the C
library. Where from, the machine's own configuration says.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from console.local.report import LocalError

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SOURCE = """\
Types: deb
URIs: {mirror}
Suites: {release}
Components: main
Signed-By: {keyring}
"""
# The machine's hooks would tidy up its own caches.
_CONFIGURATION = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "{state}";
Dir::State::status "{state}/status";
Dir::Cache "{state}/cache";
Dir::Etc::sourcelist "{state}/release.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
"""


def unpack(release: str, packages: Sequence[str], tree: Path) -> None:
    """Raises LocalError with apt-get's last line."""
    with TemporaryDirectory(prefix="registry-events-") as name:
        for archive in _fetched(release, packages, Path(name)):
            _run("dpkg-deb", "--extract", str(archive), str(tree))


def _fetched(release: str, packages: Sequence[str], state: Path) -> Sequence[Path]:
    for part in ("lists/partial", "cache/archives/partial"):
        (state / part).mkdir(parents=True)
    configuration = state / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(state=state))
    (state / "status").touch()
    (state / "release.sources").write_text(
        _SOURCE.format(mirror=_mirror(), release=release, keyring=_KEYRING)
    )
    apt = ("apt-get", "--config-file", str(configuration), "--yes")
    _run(*apt, "update")
    _run(*apt, "--download-only", "--no-install-recommends", "install", *packages)
    return sorted((state / "cache" / "archives").glob("*.deb"))


def _mirror() -> str:
    """Where the machine has Debian's main archive from."""
    wanted = ("Created-By: Packages", "Origin: Debian", "Label: Debian")
    said = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted)
    if not said.strip():
        raise LocalError("apt knows no archive of Debian here; run `apt-get update` first")
    return said.splitlines()[0]


def _run(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise LocalError(f"{command[0]} cannot be started: {error}") from error
    if done.returncode != 0:
        last = (done.stderr.strip() or "no output").splitlines()[-1]
        raise LocalError(f"`{command[0]} {command[-1]}` failed: {last}")
    return done.stdout
