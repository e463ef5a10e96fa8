"""When and where faults strike."""

import random
from typing import Final

CHANCE: Final = random.Random()  # noqa: S311  spreads faults, guards nothing
