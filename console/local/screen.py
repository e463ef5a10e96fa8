"""Lines for the user's terminal; plain text when it is none."""

from rich.console import Console
from rich.text import Text

from console.local.feed import Outcome
from console.overview import spoken
from shared.text import printable

_STYLES = {"push": "green", "create": "cyan", "delete": "red"}
_DIGEST_SHOWN = len("sha256:") + 12


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str = "", style: str = "") -> None:
        # A Text is printed as it is: no markup is looked for in it.
        self._console.print(Text(text, style=style))

    def heading(self) -> None:
        self.say(_columns("time", "outcome", "image", "actor", "geo", "lag"), style="dim")

    def outcome(self, outcome: Outcome) -> None:
        line = describe(outcome)
        self.say(line, style=_STYLES.get(outcome.action.partition("_")[0], ""))


def describe(outcome: Outcome) -> str:
    lag = "clock?" if outcome.lag is None else spoken.duration(outcome.lag)
    return _columns(
        outcome.recorded_at.astimezone().strftime("%H:%M:%S"),
        printable(outcome.action, 40),
        image(outcome),
        printable(outcome.actor, 40) if outcome.actor else "-",
        f"geo #{outcome.geo_id}" if outcome.geo_id is not None else "-",
        lag,
    )


def image(outcome: Outcome) -> str:
    """As `docker pull` writes it, the digest cut short."""
    if outcome.tag is not None:
        return printable(f"{outcome.repository}:{outcome.tag}", 80)
    if outcome.digest is not None:
        return printable(f"{outcome.repository}@{outcome.digest[:_DIGEST_SHOWN]}", 80)
    return printable(outcome.repository, 80)


def _columns(time: str, action: str, image: str, *rest: str) -> str:
    actor, geo, lag = rest
    return f"{time:<8}  {action:<17}  {image:<40}  {actor:<12}  {geo:<10}  {lag:>8}"
