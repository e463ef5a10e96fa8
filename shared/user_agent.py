"""What our own requests to registries are called, in their events too."""

from importlib.metadata import version
from typing import Final

PREFIX: Final = "registry-events/"
USER_AGENT: Final = f"{PREFIX}{version('registry-events')} (geo)"
