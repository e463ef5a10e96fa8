"""Who is told a login or a token: the registry and its token service, and nobody else."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import stamina
from aiohttp import web

from geo.registry.credentials import Login
from geo.registry.descriptor import Descriptor
from geo.registry.errors import RegistryError, UnsupportedError
from geo.registry.manifest import Manifest
from geo.registry.names import digest_of
from tests.stand_in import StandIn, client, standing_in

ALICE = Login("alice", "wonder land")
BLOB = b"blob"
DIGEST = digest_of(BLOB)
BODY = b'{"schemaVersion":2,"layers":[]}'


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5):
        yield


class Guarded:
    """A registry that wants tokens, and its token service: token N allows its scope N times."""

    def __init__(self) -> None:
        self.given: list[tuple[str, list[str]]] = []
        self.uses: dict[str, int] = {}
        self.life: float | None = None
        self.each_allows = 1_000
        self.challenge = 'Bearer realm="{realm}/token",service="registry",scope="{scope}"'
        self.realm = ""
        self.wants = ""
        self.status = 200

    async def token(self, request: web.Request) -> web.Response:
        name = f"token-{len(self.given)}"
        self.given.append((request.headers.get("Authorization", ""), request.query.getall("scope")))
        self.uses[f"Bearer {name}"] = self.each_allows
        life = {} if self.life is None else {"expires_in": self.life}
        return web.json_response({"access_token": name, **life}, status=self.status)

    async def registry(self, request: web.Request) -> web.StreamResponse:
        header = request.headers.get("Authorization", "")
        if not self.uses.get(header):
            challenge = self.challenge.format(realm=self.realm, scope=self.wants)
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        self.uses[header] -= 1
        return web.Response(status=200)


@asynccontextmanager
async def guarding(guarded: Guarded) -> AsyncIterator[StandIn]:
    async with standing_in(guarded.token) as tokens, standing_in(guarded.registry) as registry:
        guarded.realm = tokens.url
        yield registry


async def test_a_token_is_asked_for_once_with_the_login() -> None:
    guarded = Guarded()
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        for _ in range(3):
            assert await asked.has_blob("team/app", DIGEST)
        assert await asked.has_blob("team/other", DIGEST)
    assert guarded.given == [
        (ALICE.basic, ["repository:team/app:pull"]),
        (ALICE.basic, ["repository:team/other:pull"]),
    ]
    assert ALICE.basic not in registry.authorizations


async def test_nobody_has_a_token_too() -> None:
    guarded = Guarded()
    async with guarding(guarded) as registry, client(registry.url) as asked:
        assert await asked.has_blob("team/app", DIGEST)
    assert guarded.given == [("", ["repository:team/app:pull"])]


async def test_a_mount_asks_for_both_repositories() -> None:
    guarded = Guarded()
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        with pytest.raises(RegistryError):
            await asked.mount("team/b", DIGEST, from_repository="team/a")
    assert guarded.given[0][1] == ["repository:team/b:pull,push", "repository:team/a:pull"]


async def test_what_the_registry_wants_besides_is_asked_for_from_then_on() -> None:
    guarded = Guarded()
    guarded.wants = "repository:team/app:pull registry:x:*"
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        assert await asked.has_blob("team/app", DIGEST)
        assert await asked.has_blob("team/app", DIGEST)
    assert [scopes for _, scopes in guarded.given] == [["repository:team/app:pull", "registry:x:*"]]


@pytest.mark.parametrize("life", [0, -5, 1e-6], ids=str)
async def test_an_expired_token_is_not_used_again(life: float) -> None:
    guarded = Guarded()
    guarded.life = life
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        assert await asked.has_blob("team/app", DIGEST)
        assert await asked.has_blob("team/app", DIGEST)
    assert len(guarded.given) == 2


async def test_a_token_that_is_refused_sooner_is_renewed_once() -> None:
    guarded = Guarded()
    guarded.each_allows = 1
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        assert await asked.has_blob("team/app", DIGEST)
        assert await asked.has_blob("team/app", DIGEST)
        assert len(guarded.given) == 2
        guarded.each_allows = 0
        with pytest.raises(RegistryError, match="401") as fault:
            await asked.has_blob("team/app", DIGEST)
        assert (len(guarded.given), fault.value.temporary) == (3, False)


@pytest.mark.parametrize(("status", "temporary"), [(401, False), (403, False), (503, True)])
async def test_a_token_that_is_not_given_is_an_error(status: int, *, temporary: bool) -> None:
    guarded = Guarded()
    guarded.status = status
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        with pytest.raises(RegistryError, match=f"/token was answered {status}") as fault:
            await asked.has_blob("team/app", DIGEST)
    assert fault.value.temporary is temporary
    assert len(guarded.given) == (5 if temporary else 1)


async def test_an_unsafe_realm_gets_nothing() -> None:
    guarded = Guarded()
    async with guarding(guarded) as registry, client(registry.url, ALICE) as asked:
        guarded.realm = "http://tokens.example"
        with pytest.raises(RegistryError, match="by http, where no login is sent"):
            await asked.has_blob("team/app", DIGEST)
    assert registry.authorizations == [None]


async def test_a_registry_that_wants_a_login_gets_it_and_an_unknown_proof_is_an_error() -> None:
    wants = ['Basic realm="r"']

    async def answer(request: web.Request) -> web.Response:
        is_let_in = request.headers.get("Authorization") == ALICE.basic
        return web.Response(
            status=200 if is_let_in else 401, headers={"WWW-Authenticate": wants[0]}
        )

    async with standing_in(answer) as registry:
        async with client(registry.url, ALICE) as asked:
            assert await asked.has_blob("team/app", DIGEST)
            assert await asked.has_blob("team/app", DIGEST)
        assert registry.authorizations == [None, ALICE.basic, ALICE.basic]
        for login, says in ((None, "there is none for it"), (Login("x", "y"), "401|refuses")):
            async with client(registry.url, login) as asked:
                for _ in range(2):
                    with pytest.raises(RegistryError, match=says):
                        await asked.has_blob("team/app", DIGEST)
        wants[0] = "Negotiate"
        async with client(registry.url) as asked:
            with pytest.raises(RegistryError, match="not known here"):
                await asked.has_blob("team/app", DIGEST)


async def storage(request: web.Request) -> web.Response:
    return web.Response(body=BLOB if request.method == "GET" else b"")


async def test_to_object_storage_no_credential_goes_along() -> None:
    async def answer(request: web.Request) -> web.Response:
        if "Authorization" not in request.headers:
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        if request.path.endswith("/here"):
            return web.Response(status=302, headers={"Location": f"{store.url}/b?X-Sig=a%2Fb%3D"})
        return web.Response(status=307, headers={"Location": "/v2/here"})

    async with standing_in(storage) as store, standing_in(answer) as registry:
        async with client(registry.url, ALICE) as asked:
            assert await asked.has_blob("team/app", DIGEST)
        # On its own host it is still the registry that is asked.
        assert registry.authorizations[-1] == ALICE.basic
    (one,) = store.asked
    assert (one.path, one.query, one.headers.get("Authorization")) == ("/b", "X-Sig=a%2Fb%3D", None)


async def test_redirects_end() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{request.path}x"})

    async with standing_in(answer) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError, match="redirects"):
            await asked.has_blob("team/app", DIGEST)
        assert len(registry.asked) == 6


async def test_what_changes_something_is_not_sent_on() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"{store.url}/elsewhere"})

    manifest = Manifest.read(BODY, served_as="", digest=digest_of(BODY))
    async with standing_in(storage) as store, standing_in(answer) as registry:
        async with client(registry.url) as asked:
            with pytest.raises(RegistryError, match="307"):
                await asked.put_manifest("team/app", "v1", manifest)
            with pytest.raises(RegistryError, match="307"):
                await asked.delete("team/app", "v1")
        assert store.asked == []


async def test_an_upload_at_another_host_gets_no_credential() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        assert await request.read() == BLOB
        return web.Response(status=201)

    async def answer(request: web.Request) -> web.Response:
        if "Authorization" not in request.headers:
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        if request.method == "GET":
            return web.Response(body=BLOB)
        return web.Response(status=202, headers={"Location": f"{store.url}/up?k=a%2Fb"})

    blob = Descriptor("x/y", DIGEST, len(BLOB))
    names = {"from_repository": "a", "to_repository": "b"}
    async with (
        standing_in(elsewhere) as store,
        standing_in(answer) as registry,
        client(registry.url, ALICE) as asked,
    ):
        await asked.copy_blob(blob, from_=asked, told=lambda _: None, **names)
    (one,) = store.asked
    assert (one.method, one.headers.get("Authorization")) == ("PUT", None)
    assert one.query == f"k=a%2Fb&digest={DIGEST}"


async def test_what_is_not_to_be_had_is_said_so() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"errors": [{"code": "UNSUPPORTED"}]}, status=405)

    async with standing_in(answer) as registry, client(registry.url) as asked:
        with pytest.raises(UnsupportedError):
            await asked.delete("team/app", DIGEST)
        assert await asked.referrers("team/app", DIGEST) == []


async def test_every_request_says_whose_it_is() -> None:
    async with standing_in(storage) as registry, client(registry.url) as asked:
        await asked.has_blob("team/app", DIGEST)
    (one,) = registry.asked
    assert one.headers["User-Agent"].startswith("registry-events/")
    assert one.headers["User-Agent"].endswith(" (geo)")
