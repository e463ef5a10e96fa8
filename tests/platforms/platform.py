"""What is supported: releases of Debian, whose RabbitMQ, PostgreSQL and Python are tested."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
# Ignored by git; one folder a release, which `make clean` leaves.
CACHE: Final = ROOT / ".platforms"
# Its programs are those of the machine: the suite that CI runs is on it.
INSTALLED: Final = "bookworm"
PLATFORMS: Final = (INSTALLED, "trixie", "forky")
PACKAGES: Final = ("rabbitmq-server", "postgresql", "python3", "python3-venv")
