"""Sites that fall behind the log, and repositories that stay different there. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.seen.site import Site
from console.words.spoken import age, count

# A large image takes minutes, and so does a registry that is deployed anew.
LAG_SECONDS: Final = 900.0
# A follower looks at least twice a minute; one that is moved to another machine is away for less.
UNSEEN_SECONDS: Final = 600.0
# Tried many times by then.
FAILING_SECONDS: Final = 3_600.0
PAGE: Final = "/sites"


def site_findings(sites: Sequence[Site]) -> Iterator[Finding]:
    for one in sites:
        if behind := _behind(one):
            yield Finding(State.DEGRADED, f"site {one.name} {behind}", page=PAGE)
        if one.failing_age is not None and one.failing_age >= FAILING_SECONDS:
            yield Finding(
                State.DEGRADED,
                f"site {one.name}: {count(one.failing, 'repository', 'repositories')} cannot be "
                f"made equal, the first pending for {age(one.failing_age)}: "
                f"`registry-events geo sites show {one.name}` tells why",
                page=PAGE,
            )


def _behind(one: Site) -> str:
    """What is wrong and what to do; a site with nothing to do is well, whether it looks or not."""
    if not one.lag_events:
        return ""
    changes = f"{count(one.lag_events, 'change')} behind"
    trouble = f" ({one.trouble})" if one.trouble else ""
    if one.lag_seconds is None:
        return (
            f"is {changes}, and retention has dropped the first of them: a `geo sync` looks at "
            "everything then, a `geo follow` ends and says what to do"
        )
    if one.seen_age >= UNSEEN_SECONDS:
        seen = "was never seen" if one.never_seen else f"was not seen for {age(one.seen_age)}"
        return (
            f"{seen} and is {changes}{trouble}: start its `geo follow` or `geo sync` again, or "
            f"remove it with `registry-events geo sites remove {one.name}`"
        )
    if one.lag_seconds >= LAG_SECONDS:
        return (
            f"is {changes}, the first for {age(one.lag_seconds)}{trouble}: see the log of its "
            "follower; nothing is lost"
        )
    return ""
