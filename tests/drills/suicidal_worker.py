"""`python -m tests.drills.suicidal_worker worker`: a worker that one event kills.

The event is named in the environment, by its repository; without it this is the plain worker.
"""

import os
import signal
from collections.abc import Sequence

import worker.app
from console.cli import main
from shared.event import Event
from worker.recorded import Recorded
from worker.recorder import Recorder
from worker.verdicts import Verdict

VARIABLE = "DRILL_DEADLY_REPOSITORY"


class SuicidalRecorder(Recorder):
    async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
        if any(event.repository == os.environ.get(VARIABLE) for event in events):
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().record(events)


if __name__ == "__main__":
    vars(worker.app)["Recorder"] = SuicidalRecorder
    main()
