"""The private servers of the drills: broken on purpose, and whole again after each drill."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from console.local.network.handshakes import amqp_speaks
from console.local.packages.programs import RABBITMQ
from console.local.report import LocalError
from console.local.servers.management import Management
from tests.private_servers import PrivateServers
from tests.waiting import eventually

# What a private broker is kept small with would block the publishers of a long queue.
# RabbitMQ's default.
_WATERMARK = 0.4
_CONTROL_SECONDS = 180
_NEVER_FREE, _FREE = "1000000GB", "50MB"
# RabbitMQ 3.10 registers a quorum queue in tables that reach the disk seconds later; those of 4.3
# are on it before it answers.
_WRITE_TABLES = """
[ok = mnesia:sync_log() || lists:keymember(mnesia, 1, application:which_applications())],
[ok = dets:sync(T) || T <- dets:all()], ok.
"""
# The broker itself lifts it, at once, when the file is gone: rabbitmqctl takes seconds to start.
_ALARM = f"""
spawn(fun() ->
    vm_memory_monitor:set_vm_memory_high_watermark(0.000001),
    Wait = fun Again() ->
        case filelib:is_regular("%s") of true -> timer:sleep(20), Again(); false -> ok end
    end,
    Wait(),
    vm_memory_monitor:set_vm_memory_high_watermark({_WATERMARK})
end), ok.
"""


class Servers(PrivateServers):
    @property
    def management(self) -> Management:
        return self.rabbitmq.management

    async def heal(self) -> None:
        """Let both run, whatever a drill that failed has left."""
        for server in (self.postgres, self.rabbitmq):
            server.resume()
            if not all(process.running for process in server.processes):
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
        assert await asyncio.to_thread(amqp_speaks, self.rabbitmq.port)

        async def is_calm() -> bool:
            return not await asyncio.to_thread(self._is_alarmed)

        await eventually(is_calm)

    @asynccontextmanager
    async def memory_alarm(self) -> AsyncIterator[None]:
        """The broker takes nothing from publishers for as long as the block runs."""
        self._alarm.touch()
        try:
            await asyncio.to_thread(self._control, "eval", _ALARM % self._alarm)
            yield
        finally:
            self._alarm.unlink()

    @asynccontextmanager
    async def disk_alarm(self) -> AsyncIterator[None]:
        """The same, as when its disk is full."""
        try:
            await asyncio.to_thread(self._control, "set_disk_free_limit", _NEVER_FREE)
            yield
        finally:
            await asyncio.to_thread(self._control, "set_disk_free_limit", _FREE)

    @property
    def _alarm(self) -> Path:
        return self.rabbitmq.directory / "alarm"

    def _is_alarmed(self) -> bool:
        try:
            self.management.call("GET", "/api/health/checks/local-alarms")
        except (LocalError, OSError):
            return True
        return False

    def in_hand(self, queue_path: str) -> int:  # noqa: ARG002  several nodes have to be asked
        """Messages of a queue that consumers have that are gone: none, they come back at once."""
        return 0

    def settle_tables(self) -> None:
        """So that no queue is lost with the broker: a lost one would only show what it forgets."""
        self._control("eval", _WRITE_TABLES)

    def close_connections(self) -> int:
        """As the management side does; how many there were."""
        names = self.connections()
        for name in names:
            self.management.call("DELETE", f"/api/connections/{quote(name)}")
        return len(names)

    def connections(self) -> Sequence[str]:
        """The names of those that the management side knows of."""
        return [one["name"] for one in self.management.call("GET", "/api/connections")]

    def _control(self, *arguments: str) -> None:
        subprocess.run(
            [RABBITMQ.found().with_name("rabbitmqctl"), *arguments],
            env=self.rabbitmq.environment,
            check=True,
            capture_output=True,
            timeout=_CONTROL_SECONDS,
        )
