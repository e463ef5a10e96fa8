"""What opens a door is known by its shape, wherever a text quotes it, and does not stay in it.

That is JSON Web Tokens (RFC 7519) and any other JSON object in base64, also one that is cut short;
what follows the scheme in an `Authorization` header (RFC 9110, 11.6.2); the user, the password and
the query of a URL, but for the one that an operator is asked to open.
"""

import re
from typing import Final

MASK: Final = "****"

# The texts are hostile: no pattern reads a character more than a few times, whatever comes after.
# `{` and a quote or white space begin so in base64.
_TOKEN: Final = re.compile(
    r"""
    ey[ABIJ][\w+/=-]{13,}+[\w+/=.-]*+
  | (?<![\w-])e(?:y[ABIJ]|w[ko0])[\w-]*+(?:\.[\w-]*+){2,}+
    """,
    re.VERBOSE | re.ASCII,
)
_PARAMETER: Final = r"""\w++=(?:\\*+"[^"]*+"|[^\s"']*+)"""
# Prose has the words too: a word of prose or a digest after them stays.
_AUTHORIZATION: Final = re.compile(
    rf"""
    \b(?P<scheme>
        (?i:bearer|basic|negotiate)\s++
        (?!(?:auth|authentication|authorization|tokens?|access|credentials?|scheme)(?![\w.~+/=-]))
      | (?i:token|digest)\s++(?!sha\d+:)(?=[^\s"']{{6}})(?=[^\s"']*?[\dA-Z_+/=~])
    )
    (?:{_PARAMETER}|[^\s"']++)(?:[\s,]++{_PARAMETER})*+
    """,
    re.VERBOSE | re.ASCII,
)
# All that it opens is a subscription that waits for it:
# https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
SNS_CONFIRMATION: Final = re.compile(
    r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/"
    r"\?Action=ConfirmSubscription&[A-Za-z0-9_:&=.%-]{1,1000}"
)
_URL: Final = re.compile(rf'{SNS_CONFIRMATION.pattern}(?![^\s"<>])|://([^\s"<>]++)')


def masked(text: str) -> str:
    """The text with MASK for each credential in it."""
    text = _TOKEN.sub(MASK, text)
    text = _AUTHORIZATION.sub(rf"\g<scheme>{MASK}", text)
    return _URL.sub(_place, text)


def _place(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    # Up to the last @: a password that nobody has percent-encoded may hold any of a URL's marks.
    user, at, rest = found[1].rpartition("@")
    place, mark, query = rest.partition("?")
    return f"://{MASK if user else ''}{at}{place}{mark}{MASK if query else ''}"
