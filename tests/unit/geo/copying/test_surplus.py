import json

from geo.copying.surplus import needs, placeholder
from geo.registry import media_types, names
from geo.registry.descriptor import Descriptor
from geo.registry.manifest import Manifest

OURS, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
CONFIG = {"mediaType": "application/json", "digest": OTHER, "size": 2}


def test_a_digest_that_a_tag_stands_for_is_needed() -> None:
    assert needs([Descriptor(media_types.OCI_MANIFEST, OURS, 1)], OURS)
    assert not needs([Descriptor(media_types.OCI_MANIFEST, OTHER, 1)], OURS)


def test_any_digest_may_be_a_child_of_an_index_that_stays() -> None:
    assert needs([Descriptor(media_types.DOCKER_LIST, OTHER, 1)], OURS)


def test_a_placeholder_names_the_same_and_is_another_one_for_each_tag() -> None:
    document = {"schemaVersion": 2, "config": CONFIG, "layers": [], "annotations": {"a": "b"}}
    body = json.dumps(document).encode()
    manifest = Manifest(media_types.OCI_MANIFEST, names.digest_of(body), body)
    made = placeholder(manifest, "v1")
    assert made.blobs == manifest.blobs
    assert made.digest == names.digest_of(made.body)
    assert len({manifest.digest, made.digest, placeholder(manifest, "v2").digest}) == 3
    assert json.loads(made.body)["annotations"]["a"] == "b"
