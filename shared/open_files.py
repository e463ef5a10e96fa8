"""How many files, and so connections, the process may have open."""

import resource


def allow_all() -> None:
    """Raise the soft limit to the hard one, which needs no privilege.

    The soft one is often 1024, low for the sake of programs that use select().
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
