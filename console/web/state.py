"""What all pages of one console share."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from console.web.live.sampler import Sampler
from console.web.operations.background import Operations
from console.web.operations.plans import Plans
from console.web.scans import Scans
from shared.database import Pool
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class ConsoleState:
    settings: Settings
    pool: Pool
    sampler: Sampler
    scans: Scans
    plans: Plans
    operations: Operations


CONSOLE: Final = web.AppKey("CONSOLE", ConsoleState)
