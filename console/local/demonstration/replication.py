"""What is done to the first registry happens to the second: for `up --geo`."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from console.local.demonstration.contents import contents, digest
from console.local.demonstration.image import Layout
from console.local.demonstration.screen import Screen, short
from console.local.demonstration.steps import IMAGE, Expected, make_image, skopeo
from console.local.demonstration.watch import Watch
from console.local.servers.registry import Registry
from shared.origin import DEFAULT_SOURCE

REPOSITORY: Final = "demo/geo"
_TAG: Final = "v1"
_INDEX: Final = "platforms"


class Step(NamedTuple):
    """Done at the first registry at `since`, by the monotonic clock; `seen` at the second."""

    expected: Expected
    outcome: str
    since: float
    seen: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Replication:
    primary: Registry
    secondary: Registry
    layout: Path
    watch: Watch
    screen: Screen

    def show(self, *, seconds: float) -> list[str]:
        """Push an image and an index, delete the image; return what did not come about.

        Each of it may take so many seconds to be recorded, and again to arrive. Raises LocalError
        when skopeo fails, or a process dies.
        """
        image = make_image(self.layout)
        index = Layout(self.layout).add_index(_INDEX, seed=str(uuid.uuid4()))
        pushed = [self._push(IMAGE, _TAG, image), self._push(_INDEX, _INDEX, index)]
        if missing := self._missing(pushed, seconds):
            return missing
        return self._missing([self._delete(_TAG, image)], seconds)

    def _push(self, image: str, tag: str, wanted: str) -> Step:
        source, target = f"oci:{self.layout}:{image}", self._place(tag)
        skopeo(self.layout.parent, "copy", "--all", source, target)
        label = f"push_tag {REPOSITORY}:{tag}"
        expected = Expected(label, action="push_tag", tag=tag, digest=wanted, source=DEFAULT_SOURCE)
        outcome = f"{REPOSITORY}:{tag} is on the second registry, byte for byte: {short(wanted)}"
        return Step(expected, outcome, time.monotonic(), partial(self._is_equal, tag, wanted))

    def _delete(self, tag: str, wanted: str) -> Step:
        skopeo(self.layout.parent, "delete", self._place(tag))
        label = f"delete_repository {REPOSITORY}@{wanted}"
        expected = Expected(label, action="delete_repository", digest=wanted, source=DEFAULT_SOURCE)
        outcome = f"{REPOSITORY}:{tag} is gone from the second registry too"
        return Step(expected, outcome, time.monotonic(), partial(self._is_gone, tag))

    def _missing(self, steps: Sequence[Step], seconds: float) -> list[str]:
        expected = [step.expected for step in steps]
        unrecorded = self.watch.until_recorded(expected, seconds=seconds)
        missing = [one.label for one in unrecorded]
        for step in steps:
            if self.watch.until(step.seen, seconds=seconds):
                took = time.monotonic() - step.since
                self.screen.say(f"{step.outcome}, {took:.1f} s afterwards", "bold green")
            else:
                missing.append(f"{step.expected.label} on the second registry")
        return missing

    def _is_equal(self, tag: str, wanted: str) -> bool:
        theirs = contents(self.secondary.port, REPOSITORY, tag)
        ours = contents(self.primary.port, REPOSITORY, tag)
        return digest(self.secondary.port, REPOSITORY, tag) == wanted and theirs == ours != {}

    def _is_gone(self, tag: str) -> bool:
        return digest(self.secondary.port, REPOSITORY, tag) is None

    def _place(self, tag: str) -> str:
        return f"docker://{self.primary.address}/{REPOSITORY}:{tag}"
