"""What the private servers have in common: they start whole or not at all, and end whole."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from console.local.network.ports import TakePort, require_free
from console.local.packages.programs import Need, ensure
from console.local.processes.process import Process
from console.local.report import Say


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a server, which must be `ready` within `seconds` of its start."""

    process: Process
    ready: Callable[[], bool]
    seconds: float


class Server(ABC):
    """Its ports stay the same for one object; the first of their `purposes` is its clients'.

    `need` is installed at the start if it is missing; `say` is told so.
    """

    need: ClassVar[Need]
    purposes: ClassVar[Sequence[str]]
    stop_seconds: ClassVar[float] = 30

    def __init__(self, *, take_port: TakePort, say: Say) -> None:
        self._say = say
        self._ports = {purpose: take_port(purpose) for purpose in self.purposes}
        self.port = self._ports[self.purposes[0]]
        self._parts: Sequence[Part] = ()

    @abstractmethod
    def _new_parts(self) -> Sequence[Part]:
        """In the order of their start, with everything written that they read."""

    @property
    def processes(self) -> list[Process]:
        """Each after those that need it."""
        return [part.process for part in reversed(self._parts)]

    def start(self) -> None:
        """Raises LocalError, with the end of the log, when it does not answer soon."""
        ensure((self.need,), say=self._say)
        require_free(*self._ports.values())
        self._parts = self._new_parts()
        try:
            for part in self._parts:
                part.process.start()
                part.process.wait_until(part.ready, seconds=part.seconds)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        for process in self.processes:
            process.stop(seconds=self.stop_seconds)

    def kill(self) -> None:
        """End it as a crash would."""
        for process in self.processes:
            process.kill()

    def pause(self) -> None:
        for process in self.processes:
            process.pause()

    def resume(self) -> None:
        for process in self.processes:
            process.resume()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
