"""Why a request is not known to be its source's."""


class UnprovenError(Exception):
    """It shows nothing that its source accepts."""


class KeysAwayError(Exception):
    """Its token cannot be looked at, since the keys of the issuer cannot be fetched; says why."""
