"""registry-events: the command, under the one name that nobody else's distribution has.

The rooms stand at the top level of the environment, where another distribution may have a `shared`
as well, or where PYTHONPATH may put one first. Nothing of theirs is run.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_ROOMS: Final = ("console", "forward", "geo", "ingest", "shared", "worker")
# Each room's own file begins so; one that another distribution has overwritten does not.
_MARK: Final = '"""registry-events: '


def main() -> None:
    """`registry-events`; exit code 2 if a room is not the one that was installed with it."""
    for room in _ROOMS:
        if stranger := _stranger(room):
            sys.stderr.write(
                f"registry-events: {stranger!r} is another program's: install registry-events into "
                "a virtual environment of its own, and start it without PYTHONPATH\n"
            )
            sys.exit(2)
    # Not before: it runs the rooms.
    from console.cli import main as command  # noqa: PLC0415

    command()


def _stranger(room: str) -> str:
    """The file that stands in the place of a room, empty if that is ours."""
    own = Path(__file__).parents[1] / room / "__init__.py"
    spec = find_spec(room)
    found = Path(spec.origin) if spec and spec.origin else None
    if found is None or not own.exists() or not found.samefile(own):
        return str(found or room)
    return "" if own.read_text(errors="replace").startswith(_MARK) else str(own)
