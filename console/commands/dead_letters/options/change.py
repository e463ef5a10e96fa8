"""Options of the dead-letters commands that change something."""

from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, Final

import click

from console.commands.dead_letters.options.selection import Function, output, with_options
from console.dead_letters.operations.audit import Operation, operator
from console.dead_letters.selection import Selection


@dataclass(frozen=True, slots=True)
class Asked:
    """How a change is to be made, and what is written down of it."""

    dry_run: bool
    yes: bool
    note: str
    actor: str | None
    output: str

    def operation(self, name: str, selector: object, matched: int) -> Operation:
        return Operation(name, self.actor or operator(), str(selector), matched, self.note)


_WRITING: Final = (
    click.option("--dry-run", is_flag=True, help="Only say what would be done."),
    click.option("-y", "--yes", is_flag=True, help="Do not ask."),
    click.option("--note", default="", help="Why, for the audit trail."),
    click.option("--as", "actor", help="Who, for the audit trail. [default: user@host]"),
    output("text", "json"),
)


def writes(function: Function) -> Function:
    """Give a command that changes something `asked`."""

    @wraps(function)
    def command(**given: Any) -> Any:  # noqa: ANN401  click's parameters
        asked = Asked(**{field.name: given.pop(field.name) for field in fields(Asked)})
        return function(asked=asked, **given)

    return with_options(_WRITING, command)


def require_some(selection: Selection) -> None:
    if not selection.names_any:
        raise click.UsageError("say which: --group, --id, --reason, ..., or --all")
