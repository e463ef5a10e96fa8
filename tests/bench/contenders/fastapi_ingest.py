"""FastAPI on uvicorn, with uvloop and httptools, as its documentation shows it; aio-pika below.

https://fastapi.tiangolo.com/tutorial/body/ and https://fastapi.tiangolo.com/advanced/events/
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request

from console.local.network.ports import LOOPBACK
from ingest.notifications import PATHS
from tests.bench.contenders import documented_events as documented


@asynccontextmanager
async def _broker(app: FastAPI) -> AsyncIterator[None]:
    async with documented.exchange() as exchange:
        app.state.exchange = exchange
        yield


async def _known(authorization: Annotated[str | None, Header()] = None) -> None:
    if not documented.is_known(authorization):
        raise HTTPException(status_code=401)


app = FastAPI(lifespan=_broker)


@app.post(PATHS[0], dependencies=[Depends(_known)])
async def take(envelope: documented.Envelope, request: Request) -> dict[str, int]:
    await documented.publish(request.app.state.exchange, envelope.events)
    return {"accepted": len(envelope.events)}


def main() -> None:
    port = int(os.environ["PORT"])
    uvicorn.run(app, host=LOOPBACK, port=port, loop="uvloop", http="httptools", access_log=False)


if __name__ == "__main__":
    main()
