"""Installs what is missing: `python -m console.local.packages`."""

import sys

from console.local.packages.programs import (
    POSTGRES,
    PROMTOOL,
    RABBITMQ,
    REGISTRY,
    SKOPEO,
    ensure,
)
from console.local.report import LocalError

try:
    ensure((POSTGRES, RABBITMQ), (REGISTRY, SKOPEO, PROMTOOL))
except LocalError as problem:
    sys.exit(str(problem))
