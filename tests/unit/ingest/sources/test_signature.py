import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from ingest.registries import REGISTRIES
from ingest.sources.signature import SCHEMES, SignatureCheck
from shared.sources import HmacAuth

BODY = b'{"a": 1}'


def shown(registry: str, secret: str, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, SCHEMES[registry].algorithm).hexdigest()


def check(registry: str, *secrets: str) -> SignatureCheck:
    return SignatureCheck(HmacAuth.model_validate({"secrets": secrets}), registry)


def accepts(registry: str, header: str, body: bytes = BODY) -> bool:
    headers = CIMultiDict({SCHEMES[registry].header.upper(): header})
    signature = check(registry, "old", "néw").begun(headers)
    assert signature
    for at in range(0, len(body), 3):
        signature.update(body[at : at + 3])
    return signature.is_right


@pytest.mark.parametrize("secret", ["old", "néw"])
@pytest.mark.parametrize("registry", SCHEMES)
def test_each_secret_is_enough_as_the_registry_signs(registry: str, secret: str) -> None:
    digest = shown(registry, secret)
    assert accepts(registry, SCHEMES[registry].prefix + digest)
    assert accepts(registry, digest)
    assert accepts(registry, digest.upper())


BAD: dict[str, Callable[[str], str]] = {
    "of another secret": lambda registry: shown(registry, "other"),
    "of another body": lambda registry: shown(registry, "old", b"{}"),
    "the secret itself": lambda _: "old",
    "half of it": lambda registry: shown(registry, "old")[:-1],
    "another prefix": lambda registry: f"md5={shown(registry, 'old')}",
    "not ASCII": lambda _: "é\udcff",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("registry", SCHEMES)
def test_no_other_signature_is_right(registry: str, bad: Callable[[str], str]) -> None:
    assert not accepts(registry, bad(registry))


@given(st.text())
def test_no_text_is_right_by_chance(text: str) -> None:
    assert not text or not accepts("gitea", text)


@pytest.mark.parametrize("registry", SCHEMES)
def test_without_a_header_there_is_none(registry: str) -> None:
    empty = {SCHEMES[registry].header: ""}
    assert check(registry, "old").begun({}) is None
    assert check(registry, "old").begun(empty) is None


def test_what_is_given_wins_over_what_is_usual() -> None:
    auth = {"secrets": ["old"], "header": "X-Ours", "algorithm": "sha1", "prefix": "v1:"}
    signature = SignatureCheck(HmacAuth.model_validate(auth), "ghcr").begun(
        {"X-Ours": "v1:" + hmac.new(b"old", BODY, "sha1").hexdigest()}
    )
    assert signature
    signature.update(BODY)
    assert signature.is_right


def test_a_known_scheme_is_of_a_registry_with_an_adapter_or_one_to_come() -> None:
    to_come = {"artifactory", "cloudsmith", "forgejo", "ghcr", "gitea", "nexus"}
    assert set(SCHEMES) <= set(REGISTRIES) | to_come
