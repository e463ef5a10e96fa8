"""registry-events explain."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from console.commands.dead_letters.output import stdout
from console.errors import UnusableError
from console.explanation import registries, words
from console.explanation.explained import Explanation
from console.explanation.request import from_body, from_document, source_options
from ingest.registries.adapter import Sent
from shared.configuration import SettingsError, load
from shared.text import printable

_LABEL: Final = 16
# Characters; of what is longer a text shows the beginning, and JSON all.
_LONGEST: Final = 2_000
# Bytes: several times what an ingest takes, and no device that has no end.
_LARGEST: Final = 64 * 1024 * 1024


@click.command()
@click.option(
    "--registry",
    required=True,
    metavar="REGISTRY",
    type=click.Choice(list(registries.LABELS)),
    help=f"Whose request it is: {', '.join(registries.LABELS)}.",
)
@click.option(
    "--request",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="The request as JSON with headers and body, or with --header a bare body; - reads it "
    "from standard input.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header of the request, whose FILE is then the body as it was sent.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="One of the options that a source of this registry has in the settings.",
)
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def explain(
    *, registry: str, file: str, headers: Sequence[str], options: Sequence[str], output: str
) -> None:
    """Say what a request of a registry would become, without sending it anywhere.

    It needs neither broker, database nor settings, and shows no credential; of settings that are
    there it takes REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES. Of the answer `tracking` is that of a
    repository that is known already.

    Exit codes: 0 explained, also if it is ignored; 1 it cannot be read, or an event in it is
    invalid; 2 wrong usage.
    """
    sent = _sent(file, headers)._replace(options=_options(registry, options))
    explanation = registries.explain(registry, sent, limit=_limit())
    if output == "json":
        stdout.document(explanation.document())
    else:
        for label, text in _lines(explanation):
            stdout.sentence(label, printable(text, _LONGEST))
    if explanation.error:
        raise click.ClickException(printable(explanation.error, _LONGEST))


def _options(registry: str, texts: Sequence[str]) -> Mapping[str, str]:
    """Exit if one is not of this registry."""
    try:
        return source_options(registry, texts)
    except UnusableError as error:
        raise click.BadParameter(str(error), param_hint="--option") from None


def _limit() -> int:
    """Bytes; the default if there are settings here that cannot be read, as another user's."""
    try:
        return load().ingest_max_body_bytes
    except SettingsError:
        return registries.USUAL_LIMIT


def _sent(file: str, headers: Sequence[str]) -> Sent:
    """Exit if it is no request."""
    given = _content(file)
    try:
        return from_body(given, headers) if headers else from_document(given)
    except UnusableError as error:
        raise click.UsageError(f"{printable(file)}: {error}") from None


def _content(file: str) -> bytes:
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
            given = source.read(_LARGEST + 1)
    except OSError as error:
        raise click.UsageError(f"{printable(file)}: {error.strerror}") from None
    if len(given) > _LARGEST:
        raise click.UsageError(f"{printable(file)}: is larger than {_LARGEST:,} bytes")
    return given


def _lines(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Of an event a heading and what is known of it below; then what is none."""
    for event in explanation.events:
        yield "", words.heading(event)
        for name, text in words.facts(event):
            yield f"  {name:<{_LABEL}}", text
    if explanation.ignored:
        yield "ignored: ", explanation.ignored
    if explanation.answer is not None:
        yield "answered with: ", stdout.one_line(explanation.answer)
