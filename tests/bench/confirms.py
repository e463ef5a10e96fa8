"""What one confirm of the broker takes: single messages, one after another, and nothing around."""

import sys
import time
from statistics import median

import uvloop

from shared.amqp.topology import routing_key
from tests.bench.contenders.minimal_publisher import MinimalPublisher
from tests.bench.events import pushes


async def main(amqp_url: str, count: int) -> float:
    """The median of `count`, in milliseconds."""
    publisher = await MinimalPublisher.connected(amqp_url)
    times = []
    for text in pushes(count):
        message = routing_key("push"), text.encode()
        begun = time.perf_counter()
        await publisher.publish([message])
        times.append(time.perf_counter() - begun)
    publisher.transport.close()
    return median(times) * 1000


if __name__ == "__main__":
    sys.stdout.write(str(uvloop.run(main(sys.argv[1], int(sys.argv[2])))))
