"""An issuer of tokens on this machine: what it says of itself, its keys, and tokens of its."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from console.local.network.ports import LOOPBACK, free_port

AUDIENCE = "https://ingest.example/notifications/gar"
EMAIL = "push@project.iam.example"


class Issuer:
    """`is_away`: it answers 500; `asked` counts who wanted its keys."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_away = False
        self.asked = 0
        self._keys = {"one": rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def rotate(self) -> None:
        self._keys = {"two": rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def token(self, *, kid: str | None = None, **claims: Any) -> str:
        """A right one but for `claims`, and for the name of its key if another is given."""
        ((number, key),) = self._keys.items()
        now = int(time.time())
        told = {"iss": self.url, "aud": AUDIENCE, "email": EMAIL, "email_verified": True}
        times = {"iat": now, "exp": now + 600}
        headers = {"kid": kid or number}
        return jwt.encode({**told, **times, **claims}, key, algorithm="RS256", headers=headers)

    async def configuration(self, _: web.Request) -> web.Response:
        return web.json_response({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def keys(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.is_away:
            raise web.HTTPInternalServerError
        keys = [
            {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": number, "alg": "RS256"}
            for number, key in self._keys.items()
        ]
        return web.json_response({"keys": keys})


@asynccontextmanager
async def running_issuer() -> AsyncIterator[Issuer]:
    port = free_port()
    issuer = Issuer(f"http://{LOOPBACK}:{port}")
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.configuration)
    app.router.add_get("/keys", issuer.keys)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield issuer
    finally:
        await runner.cleanup()
