"""What a parent and its children agree on."""

from dataclasses import dataclass
from typing import Final

from shared.settings import Settings
from shared.siblings import Siblings

# The exit code of one that another start would not mend.
UNFIT: Final = 3
# Seconds beyond those to drain, to close what it holds; units and containers grant more in all.
GRACE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a child is; `settings` are as its parent read them, once for all.

    It is killed if it does not end within `seconds` of being told to, or of the parent's own end.
    """

    service: str
    settings: Settings
    siblings: Siblings
    seconds: float
