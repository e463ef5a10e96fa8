"""Whoever a site's changes are handed on to."""

import json
from collections.abc import Sequence
from typing import Protocol

import msgspec

from geo.log.change import Change


class NotTakenError(Exception):
    """It has to be handed on once more; says why in one sentence."""


class Receiver(Protocol):
    """Takes at most `most` changes at once."""

    most: int

    async def take(self, changes: Sequence[Change]) -> None:
        """Returns when it is done with them.

        Raises NotTakenError; any other error ends the following.
        """
        ...


def line(change: Change) -> bytes:
    """The change in JSON, of ASCII alone, since what it quotes may be meant for a terminal."""
    return json.dumps(msgspec.to_builtins(change)).encode() + b"\n"
