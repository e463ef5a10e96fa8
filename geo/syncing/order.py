"""What an operator has asked `geo sync` for."""

from typing import NamedTuple

from geo.copying.deletions import Rule
from geo.registry.location import Location
from geo.syncing.wanted import Wanted


class Order(NamedTuple):
    """`at_once` repositories at a time; `full`: everything is looked at, whatever has changed."""

    site: str
    primary: Location
    secondary: Location
    wanted: Wanted
    rule: Rule
    at_once: int
    full: bool
