"""What is tracked: the tracking action of an event.

The rules are those of GitLab's `ContainerRegistry::Event#track!`
(https://gitlab.com/gitlab-org/gitlab/-/merge_requests/27001), as cases in
tests/data/classification.json. Deliberately different: an empty tag is no tag, since Distribution
3 writes empty texts where there is no value; and where the registry says that a whole repository
changed, a tag beside it does not count.
"""

from enum import StrEnum

from shared.event import Event


class TrackingAction(StrEnum):
    PUSH_TAG = "push_tag"
    DELETE_TAG = "delete_tag"
    PUSH_REPOSITORY = "push_repository"
    DELETE_REPOSITORY = "delete_repository"
    CREATE_REPOSITORY = "create_repository"


def tracking_action(event: Event, *, repository_existed: bool) -> TrackingAction | None:
    """The action to record, None for an event that is not tracked.

    `repository_existed`: before this event, in the catalogue. In mode `register` events add the
    rows themselves, and which untagged push creates is decided by who is recorded first
    (`worker.recorder`), not here.
    """
    match event.action, bool(event.tag) and event.origin.kind != "repository":
        case "push", True:
            return TrackingAction.PUSH_TAG
        case "push", False if not repository_existed:
            return TrackingAction.CREATE_REPOSITORY
        case "push", False:
            return TrackingAction.PUSH_REPOSITORY
        case "delete", True:
            return TrackingAction.DELETE_TAG
        case "delete", False:
            return TrackingAction.DELETE_REPOSITORY
        case _:
            return None
