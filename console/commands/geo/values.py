"""Kinds of values of the geo commands."""

from typing import Any, Final

import click

from geo.registry.location import Location, LocationError

_WHOLE: Final = 100.0


class _Location(click.ParamType[Location]):
    name = "URL"

    def convert(
        self,
        value: Any,  # noqa: ANN401  click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Location:
        try:
            return Location.parse(value)
        except LocationError as error:
            self.fail(str(error), param, ctx)


class _Share(click.ParamType[float]):
    name = "share"

    def convert(
        self,
        value: Any,  # noqa: ANN401  click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """From 0 to 1."""
        if isinstance(value, float):
            return value
        try:
            percent = float(value.removesuffix("%"))
        except ValueError:
            percent = -1.0
        if not value.endswith("%") or not 0 <= percent <= _WHOLE:
            self.fail("must be from 0% to 100%", param, ctx)
        return percent / _WHOLE


LOCATION: Final = _Location()
SHARE: Final = _Share()
