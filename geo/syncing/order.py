"""What an operator has asked `geo sync` for."""

from typing import NamedTuple

from yarl import URL

from geo.copying.deletions import Rule
from geo.registry.location import Location
from geo.syncing.wanted import Wanted


class Order(NamedTuple):
    """Of `site`, by the database; or of the one whose token is set, by the service at `log`.

    `at_once` repositories at a time; `full`: everything is looked at, whatever has changed.
    """

    site: str | None
    log: URL | None
    primary: Location
    secondary: Location
    wanted: Wanted
    rule: Rule
    at_once: int
    full: bool
