"""Programs of an unpacked tree, made to run from where it lies, beside another C library.

Each is started by the loader of its own tree, which finds the libraries there; nothing is changed
in the environment, so programs of the machine that one of them starts find theirs. Needs no root.
"""

import os
import shlex
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROGRAM: Final = ".program"
# With /usr merged, which the packages leave to whoever installs them.
_MERGED: Final = ("bin", "sbin", "lib", "lib64")
_ELF: Final = b"\x7fELF"
_INTERPRETER: Final = 3
# ELF's 64-bit header: where program headers begin, of what size they are and how many.
_HEADERS: Final = struct.Struct("<32xQ14xHH")
# A program header: its type, where in the file it is, and how long.
_SEGMENT: Final = struct.Struct("<I4xQ16xQ")
# Text files of Debian's packages that have the place of others in them.
_PLACES: Final = {
    "usr/lib/erlang/**/bin/*erl": b"=/usr/lib/erlang\n",
    "usr/lib/python3*/_sysconfigdata*.py": b"'/usr/share/python-wheels/'",
}
_START: Final = """\
#!/bin/sh
exec {loader} --argv0 "$0" --library-path {libraries} {program} "$@"
"""


def relocate(tree: Path, home: Path) -> None:
    """So that it runs from `home`, where it is to be moved then."""
    for name in _MERGED:
        (tree / name).symlink_to(f"usr/{name}")
    found = {path.parent.relative_to(tree) for path in tree.glob("usr/lib/*/libc.so.*")}
    libraries = ":".join(str(home / one) for one in sorted(found))
    for path, loader in list(_programs(tree)):
        program = path.rename(path.with_name(path.name + _PROGRAM))
        path.write_text(
            _START.format(
                loader=shlex.quote(f"{home}{loader}"),
                libraries=shlex.quote(libraries),
                program=shlex.quote(str(home / program.relative_to(tree))),
            )
        )
        path.chmod(0o755)
    for pattern, place in _PLACES.items():
        for file in tree.glob(pattern):
            text = file.read_bytes()
            if place in text and not file.is_symlink():
                moved = place.replace(b"/usr/", bytes(home) + b"/usr/")
                file.write_bytes(text.replace(place, moved))


def _programs(tree: Path) -> Iterator[tuple[Path, str]]:
    for directory, _, names in os.walk(tree):
        for name in names:
            path = Path(directory, name)
            if path.is_symlink() or ".so" in name:
                continue
            if os.access(path, os.X_OK) and (loader := interpreter(path)):
                yield path, loader


def interpreter(path: Path) -> str:
    """The loader that a dynamically linked program names; empty for what is none."""
    with path.open("rb") as file:
        start = file.read(_HEADERS.size)
        if not start.startswith(_ELF) or len(start) < _HEADERS.size:
            return ""
        offset, size, number = _HEADERS.unpack(start)
        for index in range(number):
            file.seek(offset + index * size)
            kind, where, length = _SEGMENT.unpack(file.read(_SEGMENT.size))
            if kind == _INTERPRETER:
                file.seek(where)
                return file.read(length).rstrip(b"\0").decode()
    return ""
