"""What is wrong with the sources that the settings name, beyond how they are written."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from ingest.registries import REGISTRIES
from ingest.sources.signature import SCHEMES
from shared.configuration import variable
from shared.origin import DISTRIBUTION
from shared.settings import Settings
from shared.sources import Source


def faults(settings: Settings) -> Sequence[str]:
    """One sentence each, as `SettingsError` has them."""
    return [
        f"{variable('sources')}: source {source.name}: {fault}"
        for source in settings.sources
        for fault in _of(source, is_open=settings.insecure_no_auth)
    ]


def _of(source: Source, *, is_open: bool) -> Iterator[str]:
    auth = source.auth
    if source.registry != DISTRIBUTION and source.registry not in REGISTRIES:
        known = ", ".join(sorted([DISTRIBUTION, *REGISTRIES]))
        yield f"registry {source.registry} is not known; known are {known}"
    elif auth.hmac and not auth.hmac.header and source.registry not in SCHEMES:
        yield f"auth.hmac needs a header: {source.registry} has no signature of its own"
    if auth.none and not is_open:
        yield "auth.none counts only with --insecure-no-auth"
    if auth.oidc and not (find_spec("jwt") and find_spec("cryptography")):
        yield "auth.oidc needs what pip install 'registry-events[oidc]' installs"
