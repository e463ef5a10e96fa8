"""What is wrong with the sources that the settings name, beyond how they are written."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Final

from ingest.registries import REGISTRIES
from ingest.registries.registry import Option
from ingest.sources.signature import SCHEMES
from shared.configuration import variable
from shared.origin import DISTRIBUTION
from shared.settings import Settings
from shared.sources import Source
from shared.text import printable

_LONGEST: Final = 40


def faults(settings: Settings) -> Sequence[str]:
    """One sentence each, as `SettingsError` has them."""
    return [
        f"{variable('sources')}: source {source.name}: {fault}"
        for source in settings.sources
        for fault in _of(source, is_open=settings.insecure_no_auth)
    ]


def option_faults(registry: str, given: Mapping[str, str]) -> Iterator[str]:
    """Which options its adapter does not understand; none is quoted with its value.

    An adapter takes no notice of these, so that who mistypes one has the names of repositories
    wrong, and nothing else tells.
    """
    adapter = REGISTRIES.get(registry)
    known = {option.name: option for option in adapter.options} if adapter else {}
    there_are = ", ".join(map(_described, known.values())) or "none"
    for name in given:
        option = known.get(name)
        if option is None:
            yield f"option {printable(name, _LONGEST)} is not known; {registry} has {there_are}"
        elif not option.is_chosen(given):
            yield f"option {name} has a value that is not known; there is {_described(option)}"


def _described(option: Option) -> str:
    return f"{option.name}={option.value} ({option.says})"


def _of(source: Source, *, is_open: bool) -> Iterator[str]:
    auth = source.auth
    if source.registry != DISTRIBUTION and source.registry not in REGISTRIES:
        known = ", ".join(sorted([DISTRIBUTION, *REGISTRIES]))
        yield f"registry {source.registry} is not known; known are {known}"
    else:
        yield from _of_adapter(source)
    if auth.none and not is_open:
        yield "auth.none counts only with --insecure-no-auth"
    if auth.oidc and not (find_spec("jwt") and find_spec("cryptography")):
        yield "auth.oidc needs what pip install 'registry-events[oidc]' installs"


def _of_adapter(source: Source) -> Iterator[str]:
    hmac = source.auth.hmac
    if hmac and not hmac.header and source.registry not in SCHEMES:
        yield f"auth.hmac needs a header: {source.registry} has no signature of its own"
    yield from option_faults(source.registry, source.options)
