"""Why the number of shards is not, or not wholly, changed."""


class ShardsError(Exception):
    """It is not changed wholly; says what is missing. Nothing is lost, and it may be run again."""
