"""The types of event that Harbor sends: which are changes, and why the others are none."""

from typing import Final

# Of Harbor 2, of Harbor 1, of CloudEvents.
ACTIONS: Final = {
    "PUSH_ARTIFACT": "push",
    "PULL_ARTIFACT": "pull",
    "DELETE_ARTIFACT": "delete",
    "pushImage": "push",
    "pullImage": "pull",
    "deleteImage": "delete",
    "harbor.artifact.pushed": "push",
    "harbor.artifact.pulled": "pull",
    "harbor.artifact.deleted": "delete",
}
_CHART: Final = "legacy Helm chart API, not an OCI artifact"
_SCAN: Final = "scan result, nothing changed in the registry"
_QUOTA: Final = "quota, nothing changed in the registry"
_REPLICATION: Final = (
    "REPLICATION reports a job; what it copied into this Harbor arrives as PUSH_ARTIFACT of its own"
)
_RETENTION: Final = (
    "TAG_RETENTION reports a job; what it deleted arrives as DELETE_ARTIFACT of its own"
)
_BEGINNINGS: Final = {
    "SCANNING_": _SCAN,
    "scanning": _SCAN,
    "harbor.scan.": _SCAN,
    "QUOTA_": _QUOTA,
    "quota": _QUOTA,
    "harbor.quota.": _QUOTA,
    "REPLICATION": _REPLICATION,
    "harbor.replication.": _REPLICATION,
    "TAG_RETENTION": _RETENTION,
    "harbor.tag_retention.": _RETENTION,
}
_ENDS: Final = ("_CHART", "Chart")


def reason(name: str) -> str:
    """Why a type that is not among ACTIONS is ignored."""
    if name.endswith(_ENDS):
        return _CHART
    told = (text for beginning, text in _BEGINNINGS.items() if name.startswith(beginning))
    return next(told, "a type of event that nobody records")
