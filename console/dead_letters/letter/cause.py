"""Dead letters of one cause: the same reason, exception type and message but for its details.

Errors of ours say what they have in common; from those of others the details are taken out, and
what the sender chose: the names that stand in the event itself.
"""

import hashlib
import json
import re
from functools import lru_cache
from typing import Final, NamedTuple

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.quoted_names import quoted, without
from shared import credentials

_LONGEST: Final = 300
_DETAIL: Final = re.compile(
    r"""
    (?P<name>"[A-Za-z_]+")                                      # kept: Postgres quotes names
  | (?<!\w)['"].{39,}?\.\.\.(?=\ \()                            # parameters that asyncpg cuts
  | (?<!\w)'(?:[^'\\]|\\.)*' | `[^`]*` | "(?:[^"\\]|\\.)*"      # quoted values
  | (?<=\)=)\((?:.*\)|.*) | (?<=row[ ]contains[ ])\(.*          # Postgres shows keys and rows
  | \S*/\S*                                                     # paths, URLs, media types
  | \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b    # UUIDs
  | \b(?:sha\d+:)?(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}\b              # digests and other hexadecimals
  | (?<!\w)-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?
  | \d+
    """,
    re.VERBOSE,
)


class Cause(NamedTuple):
    """`group` is short enough to type; the rest says what it stands for, without credentials."""

    group: str
    reason: str
    error: str


def cause(dead_letter: DeadLetter) -> Cause:
    story = dead_letter.story
    if story.cause:
        return _cause(story.reason.value, "", story.cause[:_LONGEST])
    names = quoted(dead_letter) if story.error else ()
    # A credential without its details, or with a name in it, would not be known as one.
    shown = without(credentials.masked(story.error), names)[:_LONGEST]
    whole = without(story.error, names)[:_LONGEST]
    return _normalised_cause(story.reason.value, story.error_type, whole, shown)


def document(dead_letter: DeadLetter, shown: DeadLetter | None = None) -> dict[str, object]:
    """What lists have of it as JSON: `shown`, masked perhaps, in the group of the whole."""
    return {"group": cause(dead_letter).group, **json.loads((shown or dead_letter).json())}


def normalised(message: str) -> str:
    """A message with `*` for each detail that differs between events of one cause."""
    return _DETAIL.sub(lambda found: found["name"] or "*", message[:_LONGEST])


# Most dead letters of a cause have the same text.
@lru_cache(maxsize=4096)
def _normalised_cause(reason: str, error_type: str, error: str, shown: str) -> Cause:
    found = _cause(reason, error_type, normalised(error))
    return found._replace(error=_told(error_type, normalised(shown)))


@lru_cache(maxsize=4096)
def _cause(reason: str, error_type: str, message: str) -> Cause:
    text = f"{reason}\0{error_type}\0{message}".encode("utf-8", "surrogatepass")
    group = hashlib.blake2s(text, digest_size=3).hexdigest()
    return Cause(group, reason, _told(error_type, message))


def _told(error_type: str, message: str) -> str:
    return credentials.masked(f"{error_type}: {message}" if error_type else message)
