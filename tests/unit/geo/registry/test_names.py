from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.registry import names, paths
from geo.registry.errors import RegistryError
from geo.registry.location import Location

HEX = "0123456789abcdef" * 4
HOST = Location.parse("https://registry.example")
Check = Callable[[str], str]


@pytest.mark.parametrize("text", ["v1", "_x", "a" * 128, "1.0-rc.1_2", f"sha256-{HEX}.sig"])
def test_tags(text: str) -> None:
    assert names.tag(text) == names.reference(text) == text


@pytest.mark.parametrize("text", [f"sha256:{HEX}", f"sha512:{HEX}{HEX}"], ids=["256", "512"])
def test_digests(text: str) -> None:
    assert names.digest(text) == names.reference(text) == text


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (names.tag, ""),
        (names.tag, "-x"),
        (names.tag, ".."),
        (names.tag, "a/b"),
        (names.tag, "a" * 129),
        (names.tag, "v1\n"),
        (names.tag, "v1?n=1"),
        (names.tag, "vé"),
        (names.digest, HEX),
        (names.digest, f"sha256:{HEX}0"),
        (names.digest, f"sha256:{HEX.upper()}"),
        (names.digest, f"sha256:{HEX}\n"),
        (names.reference, "sha256:../../x"),
        (names.repository, "../x"),
        (names.repository, "Team/app"),
        (names.repository, "team//app"),
        (names.repository, "team/app\u202e"),
    ],
    ids=lambda value: repr(value) if isinstance(value, str) else value.__name__,
)
def test_what_is_none_is_refused_in_printable_words(check: Check, text: str) -> None:
    with pytest.raises(RegistryError) as fault:
        check(text)
    assert str(fault.value).isprintable()
    assert not fault.value.temporary


def test_of_another_algorithm_it_is_said_that_it_cannot_be_checked() -> None:
    with pytest.raises(RegistryError, match="cannot be checked: only digests by sha256 and sha512"):
        names.digest("md5:d41d8cd98f00b204e9800998ecf8427e")


def test_an_error_is_no_longer_than_a_line() -> None:
    with pytest.raises(RegistryError) as fault:
        names.tag("x" * 1_000_000)
    assert len(str(fault.value)) < 200


@given(repository=st.text(), reference=st.text())
def test_no_text_leads_out_of_its_place_in_an_address(repository: str, reference: str) -> None:
    try:
        url = paths.manifest(HOST, repository, reference)
    except RegistryError:
        return
    assert str(url) == f"https://registry.example/v2/{repository}/manifests/{reference}"
    assert (url.path, url.query_string) == (f"/v2/{repository}/manifests/{reference}", "")


@given(body=st.binary(max_size=100), algorithm=st.sampled_from(["sha256", "sha512"]))
def test_a_digest_of_bytes_can_be_checked(body: bytes, algorithm: str) -> None:
    digest = names.digest_of(body, algorithm)
    whole = names.hash_of(names.digest(digest))
    whole.update(body)
    assert digest == f"{algorithm}:{whole.hexdigest()}"
