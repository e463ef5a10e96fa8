"""The settings as lines: for `config show`, the README and `deploy/env.example`."""

from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr

from shared.configuration import FILE_SUFFIX, SECRETS, variable
from shared.forward_settings import Sink
from shared.settings import Settings
from shared.sources import Source

MASK: Final = "****"


def rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Variable, value (secrets masked) and description of each setting."""
    for field, info in Settings.model_fields.items():
        yield variable(field), _shown(getattr(settings, field)), info.description or ""


def example() -> str:
    """The text of `deploy/env.example`: every setting with its default, commented out."""
    files = ", ".join(variable(field) + FILE_SUFFIX for field in SECRETS)
    lines = [
        "# Every setting of registry-events, with its default. Uncomment what shall differ.",
        "# Values stand without quotes; seconds and bytes are plain numbers.",
        f"# A secret may stand in a file, which these name instead: {files}",
    ]
    for name, default, description in rows(Settings.model_construct()):
        lines += ["", f"# {description}", f"#{name}={default}"]
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return _masked(value.get_secret_value())
        case tuple():
            return ",".join(_one(part) for part in value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _one(part: object) -> str:
    if isinstance(part, Sink):
        return part.value
    return f"{part.registry}/{part.name}" if isinstance(part, Source) else MASK


def _masked(secret: str) -> str:
    """A URL without its password, also one not percent-encoded; queries may hold one too.

    Of what is no URL, nothing.
    """
    scheme, separator, rest = secret.partition("://")
    if not separator or not scheme.isalpha():
        return MASK
    user_info, at, host = rest.rpartition("@")
    user, colon, _ = user_info.partition(":")
    place, question_mark, _ = host.partition("?")
    password, query = MASK if colon else "", MASK if question_mark else ""
    return f"{scheme}{separator}{user}{colon}{password}{at}{place}{question_mark}{query}"
