"""A large blob from a registry into another: hashed on its way, going on after a cut."""

import asyncio
from collections.abc import Awaitable, Callable

from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError, RegistryError
from geo.registry.fingerprint import Fingerprint
from geo.registry.reading import Reading
from geo.registry.retries import ATTEMPTS, wait
from geo.registry.stream import Stream
from geo.registry.uploads import Upload


class Transfer:
    """Flat in memory: a chunk is read when the one before it has been written.

    `begin` begins an upload, which may take no byte for at most `seconds`; `told` hears of each
    byte once, however often it has to go.
    """

    def __init__(
        self,
        reading: Reading,
        blob: Descriptor,
        begin: Callable[[], Awaitable[Upload]],
        told: Callable[[int], None],
        *,
        seconds: float,
    ) -> None:
        self._reading = reading
        self._blob = blob
        self._begin = begin
        self._told = told
        self._seconds = seconds
        self._fingerprint = Fingerprint(blob.digest)
        self._upload: Upload | None = None
        self._source_fault: RegistryError | None = None
        self._furthest = 0

    async def run(self) -> None:
        """Raises RegistryError; then nothing of it is left at the target, if it can be helped."""
        try:
            await self._to_the_end()
        except RegistryError:
            if self._upload is not None:
                await self._upload.cancel()
            raise

    async def _to_the_end(self) -> None:
        """As long as each try gets further than all before it, or not much oftener."""
        tries = 0
        while True:
            before = self._furthest
            try:
                return await self._once()
            except RegistryError as fault:
                tries = 1 if self._furthest > before else tries + 1
                # The source has been tried as often as it is worth.
                if fault is self._source_fault or not fault.temporary or tries == ATTEMPTS:
                    raise
                await asyncio.sleep(wait(fault, tries))

    async def _once(self) -> None:
        upload, offset = await self._place()
        self._fingerprint.back_to(offset)
        self._reading.seek(self._fingerprint.offset)
        await self._send(upload, offset)
        if not self._fingerprint.is_right():
            raise DigestError(f"{self._blob.digest} is not the digest of what the source gave")
        await upload.finish(self._blob.digest)

    async def _place(self) -> tuple[Upload, int]:
        """Where to go on; from the beginning if the target has lost it, or cannot say."""
        if self._upload is not None:
            try:
                offset = await self._upload.offset()
            except RegistryError as fault:
                if fault.temporary:
                    raise
                offset = -1
            if 0 <= offset <= self._fingerprint.offset:
                return self._upload, offset
            await self._upload.cancel()
        self._upload = await self._begin()
        return self._upload, 0

    async def _send(self, upload: Upload, offset: int) -> None:
        if offset == self._blob.size and self._fingerprint.offset == offset:
            return
        stream = Stream(
            self._reading, self._fingerprint, offset, self._reached, seconds=self._seconds
        )
        try:
            async with stream.deadline:
                await upload.send(stream, offset=offset, size=self._blob.size)
        except TimeoutError:
            why = f"an upload took no byte within {self._seconds:g} s"
            raise RegistryError(why, temporary=True) from None
        except RegistryError as error:
            self._source_fault = stream.fault
            raise stream.fault or error from None

    def _reached(self, offset: int) -> None:
        if offset > self._furthest:
            self._told(offset - self._furthest)
            self._furthest = offset
