import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.registry import media_types
from geo.registry.descriptor import Descriptor
from geo.registry.errors import RegistryError
from geo.registry.manifest import Manifest
from geo.registry.names import digest_of

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def entry(name: str, media_type: str = LAYER, **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(name.encode()), "size": 7, **more}


def described(name: str, media_type: str = LAYER) -> Descriptor:
    return Descriptor(media_type, digest_of(name.encode()), 7)


def read(content: Any, served_as: str = media_types.OCI_MANIFEST) -> Manifest:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Manifest.read(body, served_as=served_as, digest=digest_of(body))


def test_an_image_names_its_config_and_layers_once() -> None:
    image = read({"config": entry("c", "x/config"), "layers": [entry("a"), entry("b"), entry("a")]})
    assert list(image.blobs) == [described("c", "x/config"), described("a"), described("b")]
    assert list(image.children) == []
    assert image.subject is None


def test_a_layer_that_is_only_elsewhere_is_left_out() -> None:
    layers = [
        entry("windows", FOREIGN, urls=["https://mcr.example/x"]),
        entry("pushed", FOREIGN),
        entry("linked", urls=["https://cdn.example/x"]),
    ]
    image = read({"config": entry("c"), "layers": layers}, media_types.DOCKER_MANIFEST)
    assert list(image.blobs)[1:] == [described("pushed", FOREIGN), described("linked")]


def test_an_index_names_manifests_and_may_name_blobs() -> None:
    manifests = [
        entry("amd64", media_types.OCI_MANIFEST, platform={"os": "linux"}),
        entry("nested", media_types.OCI_INDEX),
        entry("cache"),
    ]
    index = read({"manifests": manifests}, media_types.OCI_INDEX)
    assert [one.digest for one in index.children] == [digest_of(b"amd64"), digest_of(b"nested")]
    assert list(index.blobs) == [described("cache")]


def test_a_signature_names_its_subject() -> None:
    signature = read({"config": entry("c"), "layers": [], "subject": entry("image", "x/y")})
    assert signature.subject == described("image", "x/y")
    assert [one.digest for one in signature.blobs] == [digest_of(b"c")]


@pytest.mark.parametrize(
    ("served_as", "says", "kind"),
    [
        ("text/plain", media_types.DOCKER_LIST, media_types.DOCKER_LIST),
        ("application/octet-stream", None, media_types.OCI_INDEX),
        ("", None, media_types.OCI_INDEX),
        (media_types.DOCKER_LIST, None, media_types.DOCKER_LIST),
    ],
)
def test_its_kind_is_what_is_known_of_it(served_as: str, says: str | None, kind: str) -> None:
    content: dict[str, Any] = {"manifests": []} | ({"mediaType": says} if says else {})
    assert read(content, served_as).media_type == kind


@pytest.mark.parametrize(
    ("content", "served_as", "says"),
    [
        ({"fsLayers": []}, "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1"),
        ({"mediaType": media_types.DOCKER_MANIFEST}, media_types.OCI_MANIFEST, "says that it is"),
        ({"manifests": [], "layers": []}, media_types.OCI_INDEX, "an index or as an image"),
        ({"manifests": []}, media_types.OCI_MANIFEST, "not what its media type says"),
        ({"layers": []}, media_types.OCI_INDEX, "not what its media type says"),
        ({"mediaType": "x/\u202e"}, "x/y", r"no known kind: 'x/\\\\u202e'"),
        ({"layers": [entry("a") | {"digest": "sha256:../../x"}]}, "", "is no digest"),
        ({"config": entry("a") | {"digest": "md5:0"}}, "", "cannot be checked"),
        ({"layers": [entry("a") | {"size": "7"}]}, "", "cannot be read"),
        ({"layers": [entry("a") | {"size": -7}]}, "", "cannot be read"),
        (b"\xff", "", "cannot be read"),
        (b"<html>", "", "cannot be read"),
        (b"[" * 100_000, "", "cannot be read"),
    ],
    ids=range(13),
)
def test_what_is_no_manifest_is_refused_in_words(content: Any, served_as: str, says: str) -> None:
    with pytest.raises(RegistryError, match=says) as fault:
        read(content, served_as)
    assert str(fault.value).isprintable()


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_a_manifest_or_a_fault(body: bytes) -> None:
    try:
        manifest = read(body)
    except RegistryError:
        return
    assert manifest.body == body
    assert [*manifest.blobs, *manifest.children, manifest.subject]
