"""Publishing events so that they are kept too."""

from collections.abc import Sequence

from shared.amqp.kept import with_copies
from shared.amqp.message import Message
from shared.amqp.publisher import Publisher, PublishFailedError


class KeepingPublisher:
    """Publisher that keeps what it publishes, if it `keeps` any, on whatever publishes."""

    def __init__(self, publisher: Publisher, *, keeps: bool) -> None:
        self._publisher = publisher
        self._keeps = keeps

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        """A message counts as confirmed when its copy is confirmed too."""
        if not self._keeps:
            await self._publisher.publish(messages, deadline=deadline)
            return
        try:
            await self._publisher.publish(with_copies(messages), deadline=deadline)
        except PublishFailedError as error:
            missing = {id(one.body) for one in error.unconfirmed}
            unconfirmed = [one for one in messages if id(one.body) in missing]
            detail = str(error).removeprefix(error.cause).removeprefix(": ")
            raise PublishFailedError(error.cause, detail, unconfirmed) from None
