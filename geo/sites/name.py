"""Which texts may name a site. Pure."""

import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def is_name(text: str) -> bool:
    """Letters, digits, `.`, `_` and `-`: it stands in tables, URLs, logs and file names."""
    return bool(_NAME.fullmatch(text))
