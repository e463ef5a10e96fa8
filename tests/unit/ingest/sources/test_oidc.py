"""Tokens of an issuer on this machine, whose keys are fetched as Google's are."""

from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from ingest.sources.oidc import OidcCheck
from ingest.sources.unproven import KeysAwayError
from shared.sources import OidcAuth
from tests.issuer import AUDIENCE, EMAIL, Issuer, running_issuer


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running_issuer() as running:
        yield running


def check(issuer: Issuer) -> OidcCheck:
    return OidcCheck(OidcAuth(issuer=issuer.url, audience=AUDIENCE, email=EMAIL))


async def test_a_right_token_is_accepted_and_the_keys_are_kept(issuer: Issuer) -> None:
    tokens = check(issuer)
    for _ in range(3):
        assert await tokens.accepts(f"Bearer {issuer.token()}")
    assert issuer.asked == 1


WRONG: dict[str, dict[str, Any]] = {
    "issuer": {"iss": "https://elsewhere.example"},
    "audience": {"aud": "https://elsewhere.example"},
    "account": {"email": "somebody@project.iam.example"},
    "not verified": {"email_verified": False},
    "verified by a text": {"email_verified": "true"},
    "expired": {"exp": 1},
    "no account": {"email": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
async def test_no_other_token_is(issuer: Issuer, claims: dict[str, Any]) -> None:
    assert not await check(issuer).accepts(f"Bearer {issuer.token(**claims)}")


async def test_what_is_no_token_is_not_even_looked_up(issuer: Issuer) -> None:
    unsigned = jwt.encode({"email": EMAIL}, "x" * 32, algorithm="HS256", headers={"kid": "one"})
    for header in (None, "", "Bearer", "Bearer x", "Bearer a.b.c", issuer.token(), "Bearer \udcff"):
        assert not await check(issuer).accepts(header)
    assert not await check(issuer).accepts(f"Bearer {unsigned}")
    assert not await check(issuer).accepts(f"Bearer {'x' * 9000}")
    assert issuer.asked == 0


async def test_keys_that_nobody_has_are_not_asked_for_again_and_again(issuer: Issuer) -> None:
    tokens = check(issuer)
    assert await tokens.accepts(f"Bearer {issuer.token()}")
    issuer.rotate()
    for _ in range(5):
        assert not await tokens.accepts(f"Bearer {issuer.token()}")
    assert issuer.asked == 1


async def test_keys_that_cannot_be_fetched_are_no_wrong_token(issuer: Issuer) -> None:
    issuer.is_away = True
    with pytest.raises(KeysAwayError, match=r"127\.0\.0\.1:\d+: .*500"):
        await check(issuer).accepts(f"Bearer {issuer.token()}")
