"""What a registry waits for: one notification after another, each on a new connection."""

import subprocess
import sys
from typing import Final

from tests.bench import backlog, ingests
from tests.bench.cells import cell
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.load import Load
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers

_NOTE: Final = """\
one registry: it sends its next notification when the last one is answered, on a new connection.
One confirm: what the same broker and queue take for a message alone, published by hand. Beyond
these: our p50 less that of bare aiohttp and that of a confirm, in each round."""
_CONFIRM: Final = "one confirm"
_BEYOND: Final = "beyond bare and a confirm, ms"
# One after another is quick: more rounds instead of longer ones.
_ROUNDS: Final = 2
_DEADLINE: Final = 60.0


async def measure(servers: Servers, scale: Scale) -> Section:
    p50s: dict[str, list[float]] = {}
    load = Load(1, fresh=True, seconds=scale.cell_seconds, requests=scale.serial_requests)
    async with servers.place() as place:
        with ingests.all_of_them(place) as targets:
            for _ in range(scale.rounds * _ROUNDS):
                for name, target in targets.items():
                    p50s.setdefault(name, []).append(cell(target, load).seen.p50)
                p50s.setdefault(_CONFIRM, []).append(_confirm(place, scale.serial_requests))
                await backlog.purge(place.amqp_url)
    return Section("ingest, one registry", _figures(p50s), _NOTE, [Aim(_BEYOND, limit=0.25)])


def _confirm(place: Place, count: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.confirms", place.amqp_url, str(count)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=_DEADLINE,
    )
    return float(done.stdout)


def _figures(p50s: dict[str, list[float]]) -> list[Figure]:
    parts = zip(p50s[OURS], p50s[ingests.BARE.name], p50s[_CONFIRM], strict=True)
    beyond = tuple(ours - bare - confirm for ours, bare, confirm in parts)
    return [
        *(Figure("p50 ms", name, "ms", tuple(some), is_cost=True) for name, some in p50s.items()),
        Figure(_BEYOND, OURS, "ms", beyond, is_cost=True),
    ]
