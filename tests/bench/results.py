"""A run in a file, and another one beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from tests.bench.aims import by_contender, ratio
from tests.bench.figures import Figure, Section
from tests.bench.table import console, new_table, number


class NoResultsError(Exception):
    """The file is none that `write` wrote, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Run:
    """Sections by the name of their part; `machine` is what it ran on."""

    machine: str
    sections: Mapping[str, Section]


def write(run: Run, file: Path) -> None:
    file.write_bytes(TypeAdapter(Run).dump_json(run, indent=2) + b"\n")


def read(file: Path) -> Run:
    """Raises NoResultsError."""
    try:
        return TypeAdapter(Run).validate_json(file.read_bytes())
    except OSError as error:
        raise NoResultsError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise NoResultsError(f"{file} holds no results of a run") from None


def show_beside(run: Run, other: Run, name: str) -> None:
    """What both measured; the contenders' ratios say how much of a difference is the machine's."""
    screen = console()
    table = new_table(is_plain=not screen.is_terminal)
    for heading in ("", "contender"):
        table.add_column(heading, no_wrap=True)
    for heading in ("this run", name, "ratio"):
        table.add_column(heading, justify="right")
    for part, section in run.sections.items():
        if part in other.sections:
            _add(table, section, other.sections[part])
    screen.print(f"\nthis run beside {name}", style="bold")
    screen.print(table)
    screen.print(f"{name}: {other.machine}", style="dim")


def _add(table: Table, section: Section, other: Section) -> None:
    table.add_section()
    table.add_row(section.title, style="bold")
    last = ""
    for one, before in _pairs(section, other):
        values = (number(one.value), number(before.value), f"{ratio(one, before):.2f}x")
        table.add_row("" if one.measure == last else f"  {one.measure}", one.contender, *values)
        last = one.measure


def _pairs(section: Section, other: Section) -> Iterator[tuple[Figure, Figure]]:
    for measure in dict.fromkeys(one.measure for one in section.figures):
        before = by_contender(other, measure)
        for contender, one in by_contender(section, measure).items():
            if contender in before:
                yield one, before[contender]
