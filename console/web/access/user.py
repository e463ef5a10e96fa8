"""Who uses the console, and whether they may change something with it."""

from typing import Final, NamedTuple

READ_ONLY: Final = "This console is read-only. Start it with --allow-writes to change something."
VIEWING_ONLY: Final = (
    "You may look at this console, and change nothing: that needs somebody who may act."
)


class User(NamedTuple):
    """`name` is for the audit trail; `acts`: whether they may change what the console may."""

    name: str
    acts: bool = False


NOBODY: Final = User("")


def why_not(user: User, *, writable: bool) -> str:
    """Why this user changes nothing; empty if they may. `writable`: whether the console may."""
    if not writable:
        return READ_ONLY
    return "" if user.acts else VIEWING_ONLY


def role(user: User, *, writable: bool) -> str:
    """In a word or two, for the head of a page."""
    if not writable:
        return "read-only"
    return "may act" if user.acts else "viewing only"
