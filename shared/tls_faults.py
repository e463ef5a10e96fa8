"""Why TLS did not come about, in words for an operator. Pure."""

import ssl
from collections.abc import Mapping
from typing import Final

# What whoever connects may be told more about: which of his own settings names it.
UNKNOWN_AUTHORITY: Final = "its certificate is signed by no authority that is trusted here"
WANTS_CERTIFICATE: Final = "it wants to see a certificate of its client"
_NO_TLS: Final = "it speaks no TLS on this port"
_NO_VERSION: Final = "it and we have no version of TLS in common; ours are 1.2 and newer"
_REFUSED: Final = "it refuses the certificate that it was shown"
# What asyncpg says where PostgreSQL has none.
_REJECTED: Final = "rejected SSL upgrade"

# By OpenSSL's X509_V_ERR_*, which Python names nowhere.
_VERDICTS: Final[Mapping[int, str]] = {
    **dict.fromkeys((2, 7, 18, 19, 20, 21, 24, 27), UNKNOWN_AUTHORITY),
    9: "its certificate is not valid yet, by the clock here",
    10: "its certificate has expired",
    23: "its certificate was revoked",
}
# Those of other hosts' names, after whose text OpenSSL says which host was meant.
_OTHER_HOST: Final = (62, 64)
# By the words in OpenSSL's name of a failure; the first that fits.
_REASONS: Final[Mapping[str, str]] = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "PACKET_LENGTH_TOO_LONG": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "UNSUPPORTED_PROTOCOL": _NO_VERSION,
    "ALERT_PROTOCOL_VERSION": _NO_VERSION,
    "ALERT_CERTIFICATE_REQUIRED": WANTS_CERTIFICATE,
    "ALERT_UNKNOWN_CA": "it does not trust the authority of the certificate that it was shown",
    "ALERT_CERTIFICATE_EXPIRED": "the certificate that it was shown has expired",
    "ALERT_CERTIFICATE": _REFUSED,
    "ALERT_BAD_CERTIFICATE": _REFUSED,
    "ALERT_DECRYPT_ERROR": _REFUSED,
    "ALERT_HANDSHAKE_FAILURE": "it and we agree on no way of TLS, or it wants a certificate",
}


def in_words(error: BaseException) -> str:
    """A sentence whose subject is the other side; empty if `error` is none of TLS.

    One that a library has made of another says less than that other, and may pass for its kind.
    """
    for one in (error.__cause__, error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return _verdict(one)
        if isinstance(one, ConnectionError) and _REJECTED in str(one):
            return _NO_TLS
        if isinstance(one, ssl.SSLError) and (reason := getattr(one, "reason", "")):
            return _failure(reason)
    return ""


def _verdict(error: ssl.SSLCertVerificationError) -> str:
    text = error.verify_message.rstrip(".")
    if error.verify_code in _OTHER_HOST:
        _, _, host = text.rpartition(" for ")
        return f"its certificate is of another host: it is not valid for {host}"
    return _VERDICTS.get(error.verify_code, f"its certificate is not accepted: {text}")


def _failure(reason: str) -> str:
    for part, words in _REASONS.items():
        if part in reason:
            return words
    return f"TLS failed: {reason.replace('_', ' ').lower()}"
