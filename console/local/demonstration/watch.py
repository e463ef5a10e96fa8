"""Printing what the workers record, and noticing what is missing or has died."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from console.local.demonstration.feed import Feed
from console.local.demonstration.screen import Screen
from console.local.demonstration.steps import Expected, still_missing
from console.local.report import LocalError
from console.local.system import System

_PAUSE = 0.2


@dataclass(slots=True)
class Watch:
    feed: Feed
    system: System
    screen: Screen
    _away: bool = False

    def until_recorded(self, expected: Iterable[Expected], *, seconds: float) -> list[Expected]:
        """Return what is missing after `seconds`; raises LocalError when a process dies."""
        missing = list(expected)

        def recorded() -> bool:
            missing[:] = self._print_new(missing)
            return not missing

        self.until(recorded, seconds=seconds)
        return missing

    def until(self, done: Callable[[], bool], *, seconds: float) -> bool:
        """Whether it is done within `seconds`; raises LocalError when a process dies."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for dead in self.system.newly_dead():
                raise LocalError(dead.obituary())
            if done():
                return True
            time.sleep(_PAUSE)
        return False

    def forever(self) -> None:
        """Ends with the KeyboardInterrupt of the user."""
        while True:
            for dead in self.system.newly_dead():
                self.screen.say(
                    f"{dead.obituary()}\nThe rest goes on; Ctrl-C stops it.", "bold red"
                )
            try:
                self._print_new([])
                self._away = False
            except LocalError as error:
                self._say_once(str(error))
            time.sleep(_PAUSE)

    def _print_new(self, missing: list[Expected]) -> list[Expected]:
        for outcome in self.feed.new():
            self.screen.outcome(outcome)
            missing = still_missing(missing, outcome)
        return missing

    def _say_once(self, text: str) -> None:
        if not self._away:
            self.screen.say(f"{text}; trying again", "red")
        self._away = True
