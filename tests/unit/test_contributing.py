"""The map in CONTRIBUTING is true: rooms and files are where it says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
ROOMS = (
    "console",
    "deploy",
    "forward",
    "geo",
    "ingest",
    "registry_events",
    "shared",
    "tests",
    "worker",
)


def test_every_file_on_the_map_exists() -> None:
    """Those of a room's paragraph by their names alone: `scan.py` is in the room."""
    named = re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w/.]*)`", CONTRIBUTING)
    assert len(named) > 40
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_every_room_of_the_console_is_on_the_map() -> None:
    rooms = {
        f"console/{path.relative_to(ROOT / 'console').parts[0]}/"
        for path in (ROOT / "console").glob("*/__init__.py")
    } | {
        f"console/dead_letters/{path.parent.name}/"
        for path in (ROOT / "console" / "dead_letters").glob("*/__init__.py")
    }
    assert [one for one in sorted(rooms) if f"`{one}" not in CONTRIBUTING] == []


def test_what_a_paragraph_names_is_in_its_room() -> None:
    sections = CONTRIBUTING.split("room by room\n")[1:]
    assert len(sections) == 2
    paragraphs = [one for part in sections for one in part.partition("\n### ")[0].split("\n\n")]
    for paragraph in paragraphs:
        rooms = [ROOT] + [
            ROOT / one for one in re.findall(rf"`((?:{'|'.join(ROOMS)})[\w/]*)/`", paragraph)
        ]
        for name in re.findall(r"`(\w+(?:\.py|/))`", paragraph):
            assert any((room / name).exists() for room in rooms), name
