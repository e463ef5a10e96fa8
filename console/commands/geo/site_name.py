"""The name of a site, as an operator gives it."""

from typing import Final

import click

from geo.sites.name import is_name


def _checked(_ctx: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is not None and not is_name(text):
        raise click.BadParameter("must be of letters, digits, '.', '_' and '-', at most 63")
    return text


# A token may say it instead.
SITE: Final = click.option(
    "--site", metavar="NAME", callback=_checked, help="Whose cursor that is; needs DATABASE_URL."
)
# Of a site that is to be: one that is there may have any name.
NEW_SITE: Final = click.argument("name", callback=_checked)
