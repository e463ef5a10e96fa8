"""How much of something a second."""

import re
from typing import Any, Final

import click

_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)(?:/s)?")


class _Rate(click.ParamType[float]):
    name = "N/s"

    def __init__(self, things: str) -> None:
        self._things = things

    def convert(
        self,
        value: Any,  # noqa: ANN401  click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        if isinstance(value, float):
            return value
        found = _RATE.fullmatch(value)
        if not found or not float(found[1]):
            self.fail(f"must be a number of {self._things} a second, like 50 or 50/s", param, ctx)
        return float(found[1])


def rate(things: str) -> click.ParamType[float]:
    """Of `things`, which an error names."""
    return _Rate(things)
