"""Lines for the user's terminal; plain text when it is none."""

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from console.local.demonstration.feed import Outcome
from console.terminal.table import Column, Table
from console.terminal.width import width
from console.words import spoken
from shared.origin import DEFAULT_SOURCE
from shared.text import printable

_STYLES = {"push": "green", "create": "cyan", "delete": "red"}
_DIGEST_SHOWN = len("sha256:") + 12
_COLUMNS = (
    Column("time", usual=8),
    Column("outcome", usual=17, least=17, rank=8),
    Column("image", usual=40, least=16, rank=4),
    Column("actor", usual=12, least=5, rank=3),
    Column("geo", usual=10, rank=5),
    Column("lag", usual=8, rank=6, right=True),
)


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str = "", style: str = "") -> None:
        # A Text is printed as it is: no markup is looked for in it.
        self._console.print(Text(text, style=style))

    def heading(self) -> None:
        for line in Table(_COLUMNS, width(sys.stdout)).heading():
            self.say(line, style="dim")

    def outcome(self, outcome: Outcome) -> None:
        style = _STYLES.get(outcome.action.partition("_")[0], "")
        for line in described(outcome, width(sys.stdout)):
            self.say(line, style=style)


def described(outcome: Outcome, cells: int | None) -> Iterator[str]:
    """A line of at most so many cells. Each by itself: an odd one moves no other's columns."""
    lag = "clock?" if outcome.lag is None else spoken.duration(outcome.lag)
    row = (
        outcome.recorded_at.astimezone().strftime("%H:%M:%S"),
        printable(outcome.action, 40),
        image(outcome),
        printable(outcome.actor, 40) if outcome.actor else "-",
        f"geo #{outcome.geo_id}" if outcome.geo_id is not None else "-",
        lag,
    )
    return Table(_COLUMNS, cells).lines([row])


def short(digest: str) -> str:
    return digest[:_DIGEST_SHOWN]


def image(outcome: Outcome) -> str:
    """As `docker pull` writes it, the digest cut short, and whose it is if it has a name."""
    name = outcome.repository
    if outcome.tag is not None:
        name = f"{name}:{outcome.tag}"
    elif outcome.digest is not None:
        name = f"{name}@{short(outcome.digest)}"
    if outcome.source != DEFAULT_SOURCE:
        name = f"{name} of {outcome.source}"
    return printable(name, 80)
