"""An error in one line for whoever reads a log, a terminal or a page: a sentence, safe to print."""

import os
import re
from typing import Final

from shared import credentials, tls_faults
from shared.text import printable

# What an error says that was raised without a text.
NO_TEXT: Final = "it says no more"
_LONGEST: Final = 300
# asyncio's own words for any failure to connect hide which one it was.
_CALL: Final = re.compile(r"\[Errno (\d+)\] Connect call failed \('([^']+)', (\d+)[^)]*\)")
_NUMBER: Final = re.compile(r"\[Errno -?\d+\] ")
# Where a new word begins in the name of a type.
_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def in_words(error: BaseException, *, seconds: float | None = None) -> str:
    """What `error` says, and its type, in words, only when its text alone would not say what it is.

    `seconds` is the deadline that a TimeoutError missed, where the caller knows it.
    """
    if words := tls_faults.in_words(error):
        return printable(words, _LONGEST)
    text = " ".join(_NUMBER.sub("", _CALL.sub(_call, str(error))).split())
    if not text and isinstance(error, TimeoutError):
        return "no answer in time" if seconds is None else f"no answer within {seconds:g} s"
    if not text and isinstance(error, ConnectionError | EOFError):
        return "the connection broke off"
    if " " not in text:
        # A single word is a name or a number of something.
        text = f"{_WORD.sub(' ', type(error).__name__).lower()}: {text or NO_TEXT}"
    return printable(credentials.masked(text), _LONGEST)


def _call(found: re.Match[str]) -> str:
    number, host, port = found.groups()
    return f"{os.strerror(int(number))} ({host}:{port})"
