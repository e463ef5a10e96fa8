"""What all pages of one console share."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from console.web.looks import Looks
from console.web.operations import Operations
from console.web.plans import Plans
from console.web.sampler import Sampler
from shared.database import Pool
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class ConsoleState:
    settings: Settings
    pool: Pool
    sampler: Sampler
    looks: Looks
    plans: Plans
    operations: Operations


CONSOLE: Final = web.AppKey("CONSOLE", ConsoleState)
