"""Tokens of an issuer on this machine, whose keys are fetched as Google's are."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from ingest.sources.looks import AT_ONCE
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


async def test_a_new_key_is_taken_at_once(issuer: Issuer) -> None:
    tokens = check(issuer)
    assert await tokens.accepts(f"Bearer {issuer.token()}")
    issuer.rotate()
    assert await tokens.accepts(f"Bearer {issuer.token()}")
    assert issuer.asked == 2


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
async def test_a_token_that_is_wrong_anyhow_asks_for_no_key(
    issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert not await check(issuer).accepts(f"Bearer {issuer.token(**claims)}")
    assert issuer.asked == 0


async def test_keys_that_nobody_has_are_not_asked_for_again_and_again(issuer: Issuer) -> None:
    tokens = check(issuer)
    forged = f"Bearer {issuer.token(kid='made up')}"
    for _ in range(AT_ONCE):
        assert not await tokens.accepts(forged)
    for _ in range(5):
        with pytest.raises(KeysAwayError, match="a little later"):
            await tokens.accepts(forged)
    assert issuer.asked == AT_ONCE
    assert await tokens.accepts(f"Bearer {issuer.token()}")


async def test_many_with_one_new_key_are_one_look(issuer: Issuer) -> None:
    tokens = check(issuer)
    right = f"Bearer {issuer.token()}"
    assert all(await asyncio.gather(*(tokens.accepts(right) for _ in range(20))))
    assert issuer.asked == 1


async def test_many_that_wait_for_an_issuer_that_is_away_are_one_look(issuer: Issuer) -> None:
    issuer.is_away = True
    tokens, right = check(issuer), f"Bearer {issuer.token()}"
    answers = await asyncio.gather(
        *(tokens.accepts(right) for _ in range(20)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {KeysAwayError}
    assert issuer.asked == 1


async def test_keys_that_cannot_be_fetched_are_no_wrong_token(issuer: Issuer) -> None:
    issuer.is_away = True
    with pytest.raises(KeysAwayError, match=r"127\.0\.0\.1:\d+: .*500"):
        await check(issuer).accepts(f"Bearer {issuer.token()}")
