"""What can be known of the changes in each registry: the table in the README.

`python -m console.explanation.capabilities` prints it. What a registry with an adapter says is its
`reports`; the envelope's own is from what Distribution 2.8 sent and from what GitLab documents.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries import REGISTRIES
from ingest.registries.registry import Reports, Says

_COLUMNS: Final = (
    "push of a tag", "untagged push", "delete of a manifest", "delete of a tag", "pull", "digest",
    "actor", "time", "id",
)  # fmt: skip
# An anonymous client has no name.
_DISTRIBUTION: Final = Reports(*[Says.EXACT] * len(Reports._fields))._replace(actor=Says.PARTLY)
_GITLAB: Final = _DISTRIBUTION._replace(actor=Says.EXACT)


def table() -> str:
    """The registries of Distribution's envelope first, then the others by their own names."""
    others = sorted(REGISTRIES.values(), key=lambda one: one.label.lower())
    return "\n".join(
        [
            _row("Registry", *_COLUMNS),
            _row(*["---"] * (len(_COLUMNS) + 1)),
            _row("CNCF Distribution", *_told(_DISTRIBUTION)),
            _row("GitLab", *_told(_GITLAB)),
            *(
                _row(f"[{one.label}](deploy/registries/{one.name}.md)", *_told(one.reports))
                for one in others
            ),
        ]
    )


def _told(reports: Reports) -> Iterator[str]:
    return (says.value for says in reports)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())  # noqa: T201  its output
