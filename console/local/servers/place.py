"""Where a server that refuses to run as root keeps its files, and as whom it runs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from console.local.report import Say

Owner = tuple[int, int]

_NOBODY: Owner = (65534, 65534)
_POINTER = "elsewhere"


@dataclass(frozen=True, slots=True)
class Place:
    """`owner` is None when the current user will do; `substitute` marks a temporary directory."""

    directory: Path
    owner: Owner | None
    substitute: bool = False

    def discard(self) -> None:
        if self.substitute:
            shutil.rmtree(self.directory, ignore_errors=True)


def find_place(directory: Path, *, say: Say) -> Place:
    """Absolute, created, and reachable for the owner."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    owner = _substitute_owner()
    if owner is None:
        return Place(directory, None)
    os.chown(directory, *owner)
    directory.chmod(0o700)
    if _can_enter(directory, owner):
        return Place(directory, owner)
    place = Place(_elsewhere(directory, owner), owner, substitute=True)
    say(f"PostgreSQL's user cannot reach {directory}; its data lie in {place.directory}")
    return place


def _substitute_owner() -> Owner | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        return _NOBODY
    return entry.pw_uid, entry.pw_gid


def _can_enter(directory: Path, owner: Owner) -> bool:
    """Asked of the kernel, which knows more than mode bits (ACLs, mounts)."""
    asked = subprocess.run(
        ["test", "-w", str(directory), "-a", "-x", str(directory)],
        user=owner[0],
        group=owner[1],
        extra_groups=[],
        check=False,
    )
    return asked.returncode == 0


def _elsewhere(directory: Path, owner: Owner) -> Path:
    """The same one as last time, if it is still there and nobody else's."""
    pointer = directory / _POINTER
    if pointer.exists():
        known = Path(pointer.read_text().strip())
        if known.is_dir() and not known.is_symlink() and known.stat().st_uid == owner[0]:
            return known
    fresh = Path(tempfile.mkdtemp(prefix="registry-events-"))
    os.chown(fresh, *owner)
    pointer.write_text(f"{fresh}\n")
    return fresh
