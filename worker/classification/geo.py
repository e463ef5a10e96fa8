"""What is a geo event: the news that a repository changed, for sites that replicate it.

The rules are those of GitLab's Geo extension of `ContainerRegistry::Event#handle!`, as cases in
tests/data/classification.json. Deliberately different: an untagged OCI image index counts as a
manifest, whose media type does not say so. A registry that says itself what changed is believed.
"""

from typing import Final

from shared.event import Event

_OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"


def is_geo_event(event: Event, *, repository_has_row: bool) -> bool:
    """Whether a supported event changes what a replica would copy.

    `repository_has_row`: in the catalogue, when the geo event is written; in mode `register` that
    is always so.
    """
    if not (event.supported and repository_has_row):
        return False
    # It changes no image, but where a replica keeps all of them.
    return bool(event.renamed_to) or concerns_an_image(event)


def concerns_an_image(event: Event) -> bool:
    """Whether its target is an image, or more, by the registry's word for it if it has one.

    Otherwise it is a blob, which may be of any image or of none yet.
    """
    match event.origin.kind:
        case "manifest" | "tag" | "repository":
            return True
        case "blob":
            return False
        case _:
            return bool(event.tag) or _is_manifest(event.media_type or "")


def _is_manifest(media_type: str) -> bool:
    return "manifest" in media_type or media_type == _OCI_INDEX
