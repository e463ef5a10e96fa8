"""What reconcile found and could not fill in. Pure."""

from collections.abc import Iterator, Sequence

from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Reconciled
from console.words.spoken import age, count


def reconcile_findings(reconciled: Sequence[Reconciled]) -> Iterator[Finding]:
    for one in reconciled:
        again = f"`registry-events reconcile --registry {one.registry} --source {one.source}`"
        if not one.has_ended:
            yield Finding(
                State.DEGRADED,
                f"reconcile of source {one.source} began {age(one.age)} ago and did not end: "
                f"{again} compares it again",
            )
        elif one.left or one.failures or one.error:
            parts = [
                f"left {count(one.left, 'tag')} that differ" if one.left else "",
                f"could not look at {count(one.failures, 'repository', 'repositories')}"
                if one.failures
                else "",
            ]
            did = " and ".join(filter(None, parts)) or "failed"
            why = f" ({one.error})" if one.error else ""
            yield Finding(
                State.DEGRADED,
                f"reconcile of source {one.source} {did}{why}, {age(one.age)} ago: {again} tries "
                "again and says more",
            )
