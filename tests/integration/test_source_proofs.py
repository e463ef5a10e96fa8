"""Who may send as a source, by each kind of proof; and that no secret is said anywhere."""

import hmac
import json
from base64 import b64encode
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlencode

import pytest

from shared.amqp.topology import DEAD_QUEUE
from tests.issuer import AUDIENCE, EMAIL, Issuer, running_issuer
from tests.processes import waiting
from tests.running import Pipeline, running_pipeline

OLD, NEW, GUESS = "the-old-s3cret", "the-new-s3cret", "a-guess-or-somebody-elses"
BODY = b'{"repository": "team/app", "docker_url": "quay.example/team/app", "updated_tags": ["v1"]}'
BOTH = [OLD, NEW]
SIGNED = {"header": "X-Signed", "algorithm": "sha1", "prefix": "sha1=", "secrets": BOTH}


@dataclass(frozen=True)
class Request:
    source: str
    secret: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes = BODY


def basic(password: str) -> str:
    return "Basic " + b64encode(f"any:{password}".encode()).decode()


def signed(secret: str, body: bytes = BODY, algorithm: str = "sha1", prefix: str = "sha1=") -> str:
    return prefix + hmac.new(secret.encode(), body, algorithm).hexdigest()


FORM = urlencode({"payload": BODY.decode()}).encode()
TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def requests(secret: str) -> dict[str, Request]:
    """One of each kind, with that secret."""
    return {
        "token, raw": Request("by-token", secret, {"Authorization": secret}),
        "token, bearer": Request("by-token", secret, {"Authorization": f"Bearer {secret}"}),
        "token, basic": Request("by-token", secret, {"Authorization": basic(secret)}),
        "header": Request("by-header", secret, {"x-ours": secret}),
        "hmac": Request("by-hmac", secret, {"x-signed": signed(secret)}),
        "query": Request("by-query", secret, query=f"?x=1&key={secret}"),
        "one of two": Request("by-two", secret, {"X-Ours": secret, "X-Signed": "sha1=0"}),
        "the other of two": Request("by-two", secret, {"X-Signed": signed(secret)}),
    }


SOURCES = {
    "by-token": {"token": BOTH},
    "by-header": {"header": {"name": "X-Ours", "secrets": BOTH}},
    "by-hmac": {"hmac": SIGNED},
    "by-query": {"query": {"parameter": "key", "secrets": BOTH}},
    "by-two": {"hmac": SIGNED, "header": {"name": "X-Ours", "secrets": BOTH}},
}


def configured(sources: Mapping[str, object]) -> str:
    return json.dumps(
        [{"name": name, "registry": "quay", "auth": auth} for name, auth in sources.items()]
    )


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    sources = configured(SOURCES)
    async with running_pipeline(
        amqp_url, database_url, sources=sources, workers=0, log_level="debug"
    ) as running:
        yield running


async def answered(pipeline: Pipeline, one: Request) -> tuple[int, str]:
    url = f"{pipeline.url}/notifications/quay/{one.source}{one.query}"
    async with pipeline.http.post(
        url, data=BytesIO(one.body), headers=dict(one.headers)
    ) as response:
        return response.status, f"{await response.text()} {dict(response.headers)}"


@pytest.mark.parametrize("kind", requests(""))
async def test_each_secret_is_enough_and_no_other(pipeline: Pipeline, kind: str) -> None:
    for secret, status in ((OLD, 200), (NEW, 200), (GUESS, 401), ("", 401)):
        one = requests(secret)[kind]
        assert (await answered(pipeline, one))[0] == status, secret
    nothing = Request(requests("")[kind].source, "")
    assert (await answered(pipeline, nothing))[0] == 401


async def test_a_signature_is_of_this_body(pipeline: Pipeline) -> None:
    other = Request("by-hmac", OLD, {"X-Signed": signed(OLD)}, body=BODY + b" ")
    assert (await answered(pipeline, other))[0] == 401
    large = b" " * (5 * 1024 * 1024)
    for signature, status in ((signed(OLD, large), 200), (signed(OLD, large[:-1]), 401)):
        one = Request("by-hmac", OLD, {"X-Signed": signature}, body=large)
        assert (await answered(pipeline, one))[0] == status


async def test_a_byte_order_mark_is_signed_with_the_body(pipeline: Pipeline) -> None:
    body = BOM_UTF8 + BODY
    for signature, status in ((signed(OLD, body), 200), (signed(OLD), 401)):
        one = Request("by-hmac", OLD, {"X-Signed": signature}, body=body)
        found, told = await answered(pipeline, one)
        assert found == status
        assert status != 200 or '"accepted": 1' in told


async def test_the_payload_of_a_form_may_be_what_is_signed(pipeline: Pipeline) -> None:
    for signature, status in ((signed(NEW), 200), (signed(NEW, FORM), 200), (signed(GUESS), 401)):
        one = Request("by-hmac", NEW, {"X-Signed": signature, **TYPE}, body=FORM)
        assert (await answered(pipeline, one))[0] == status


async def test_no_secret_is_said_anywhere(
    pipeline: Pipeline, capfd: pytest.CaptureFixture[str]
) -> None:
    said = ""
    for secret in (*BOTH, GUESS):
        for one in requests(secret).values():
            said += (await answered(pipeline, one))[1]
            broken = Request(one.source, secret, one.headers, one.query, b"not JSON")
            said += (await answered(pipeline, broken))[1]
    for letter in await pipeline.dead_letters(10):
        said += letter.json()
    for path in ("/health/ready", "/metrics"):
        async with pipeline.http.get(pipeline.url + path) as response:
            said += await response.text()
    logged = "".join(capfd.readouterr())
    assert "notification.unproven" in logged
    for secret in (*BOTH, GUESS):
        assert secret not in said + logged
        assert b64encode(f"any:{secret}".encode()).decode() not in said + logged


async def test_nothing_of_a_stranger_reaches_the_broker(pipeline: Pipeline, amqp_url: str) -> None:
    for one in requests(GUESS).values():
        assert (await answered(pipeline, one))[0] == 401
    assert await waiting(amqp_url, DEAD_QUEUE) == 0
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        assert "ingest_events_total{" not in await response.text()


async def test_who_waits_for_a_challenge_gets_that_of_basic(pipeline: Pipeline) -> None:
    _, told = await answered(pipeline, Request("by-token", ""))
    assert 'Basic realm="registry-events", Bearer' in told
    assert "the request does not prove that by-token sends it, by token" in told


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running_issuer() as running:
        yield running


async def test_a_token_of_an_issuer(amqp_url: str, database_url: str, issuer: Issuer) -> None:
    oidc = {"issuer": issuer.url, "audience": AUDIENCE, "email": EMAIL}
    sources = configured({"by-oidc": {"oidc": oidc}})
    async with running_pipeline(amqp_url, database_url, sources=sources, workers=0) as pipeline:
        for token, status in (
            ("a.b.c", 401),
            (issuer.token(aud="another"), 401),
            (issuer.token(), 200),
        ):
            one = Request("by-oidc", "", {"Authorization": f"Bearer {token}"})
            assert (await answered(pipeline, one))[0] == status


async def test_an_issuer_that_is_away_is_503(
    amqp_url: str, database_url: str, issuer: Issuer, capfd: pytest.CaptureFixture[str]
) -> None:
    issuer.is_away = True
    oidc = {"issuer": issuer.url, "audience": AUDIENCE, "email": EMAIL}
    sources = configured({"by-oidc": {"oidc": oidc}})
    async with running_pipeline(amqp_url, database_url, sources=sources, workers=0) as pipeline:
        one = Request("by-oidc", "", {"Authorization": f"Bearer {issuer.token()}"})
        status, told = await answered(pipeline, one)
    assert (status, "the keys of its issuer cannot be fetched" in told) == (503, True)
    logged = "".join(capfd.readouterr())
    assert "source.without_keys" in logged
    assert issuer.url in logged
