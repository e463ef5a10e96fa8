"""`registry-events dead-letters tail` as an operator runs it: it shows all and changes nothing."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Sequence
from functools import partial
from urllib.parse import quote

import aio_pika
import pytest

from console.dead_letters.letter.masking import UNMASKED
from console.dead_letters.queue.broker import NAME
from console.local.processes.process import Process
from console.local.report import LocalError
from console.local.servers.management import Management
from console.local.servers.rabbitmq import RabbitMQ
from shared.amqp.topology import DEAD_EXCHANGE, DEAD_QUEUE, DELIVERY_LIMIT, EVENTS_QUEUE
from tests.acceptance.burying import operate
from tests.databases import refuse_poison
from tests.factories import make_envelope, make_event
from tests.processes import Processes, post_all, run, waiting
from tests.running import Pipeline
from tests.waiting import DEADLINE, eventually

GROUP = "[0-9a-f]{6}"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
MESSAGE = "[0-9a-f]{32}"
REPEATS = 5


@pytest.fixture
async def pipeline(processes: Processes) -> AsyncIterator[Pipeline]:
    """Without a worker: what ingest cannot read is a dead letter, what it can stays queued."""
    async with processes.pipeline(processes.ingest()) as pipeline:
        yield pipeline


async def tail(processes: Processes, *options: str) -> Sequence[str]:
    """The lines of one run, without the names of the columns."""
    command = ("dead-letters", "tail", *options)
    done = await asyncio.to_thread(run, *command, AMQP_URL=processes.amqp_url)
    notice = f"{UNMASKED}\n" if "jsonl" in options else ""
    assert (done.returncode, done.stderr) == (0, notice)
    return beneath(done.stdout.splitlines())


def beneath(lines: Sequence[str]) -> Sequence[str]:
    return [line for line in lines if not line.startswith("GROUP  ")]


async def bury(pipeline: Pipeline, bodies: Sequence[bytes]) -> None:
    for body in bodies:
        answer = await pipeline.post(body)
        assert (answer.status, answer.json["dead_lettered"]) == (200, 1)


def numbered(count: int, *, start: int = 0) -> Sequence[bytes]:
    return [
        make_envelope(make_event(id=f"bad-{number}", repository=""))
        for number in range(start, start + count)
    ]


def ids(lines: Sequence[str]) -> Sequence[str]:
    return [line.rpartition("  ")[2] for line in lines]


async def test_each_reason_in_both_outputs(processes: Processes, pipeline: Pipeline) -> None:
    invalid = make_event(action="delete", repository="", target={"tag": "v1"})
    failing = make_event(repository="team/poison", target={"tag": "v2"})
    await bury(pipeline, [b'{"events": 7}', make_envelope(invalid)])
    await refuse_poison(pipeline.database)
    await post_all(pipeline, [failing])
    processes.worker()
    await pipeline.dead_letters(3)
    lines = await tail(processes)
    unreadable_line, invalid_line, failing_line = lines
    assert re.fullmatch(
        rf"{GROUP}  {MESSAGE}  {TIME}  unreadable_body +events is not a list +-  +-  +-",
        unreadable_line,
    )
    assert re.fullmatch(
        rf"{GROUP}  {MESSAGE}  {TIME}  invalid_event +target\.repository: is missing +"
        rf"delete  :v1 +{invalid['id']}",
        invalid_line,
    )
    assert re.fullmatch(
        rf"{GROUP}  {MESSAGE}  {TIME}  recording_failed  RaiseError: no row for team/poison  "
        rf"push +team/poison:v2  {failing['id']}",
        failing_line,
    )
    shown = [json.loads(line) for line in await tail(processes, "-o", "jsonl")]
    assert [one["body"] for one in shown] == [
        '{"events": 7}',
        json.dumps(invalid),
        json.dumps(failing),
    ]
    assert [one["story"]["attempts"] for one in shown] == [1, 1, 3]
    assert [one["event_id"] for one in shown] == ["", invalid["id"], failing["id"]]
    assert [one["group"] for one in shown] == [line[:6] for line in lines]
    found = await operate(processes, "show", lines[0].split()[1])
    assert "unreadable_body" in found.stdout


async def test_the_youngest_are_shown(processes: Processes, pipeline: Pipeline) -> None:
    await bury(pipeline, numbered(4))
    assert ids(await tail(processes, "-n", "2")) == ["bad-2", "bad-3"]
    assert await tail(processes, "-n", "0") == []


async def test_hostile_texts_are_escaped(processes: Processes, pipeline: Pipeline) -> None:
    hostile = "\x1b[2J\u200f\u202e\x00\x9b31m\r\n"
    event = make_event(hostile, hostile, id=hostile, target={"tag": hostile})
    raw = f"{{{hostile}".encode() + b"\xff"
    await bury(pipeline, [make_envelope(event), raw])
    lines = await tail(processes)
    shown = [json.loads(line) for line in await tail(processes, "-o", "jsonl")]
    assert len(lines) == len(shown) == 2
    for line in (*lines, *await tail(processes, "-o", "jsonl")):
        assert line.isprintable()
    assert lines[0].count(r"\x1b[2J\u200f\u202e\x00\x9b31m\x0d\x0a") == 4
    assert shown[0]["event_id"] == hostile
    assert shown[1]["body"].encode("utf-8", "surrogateescape") == raw


async def test_two_at_once_ten_times_change_nothing(
    processes: Processes, pipeline: Pipeline
) -> None:
    await bury(pipeline, numbered(5))
    everything = await tail(processes)
    assert ids(everything) == [f"bad-{number}" for number in range(5)]
    for _ in range(REPEATS):
        one, other = await asyncio.gather(tail(processes), tail(processes))
        assert one == other == everything
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 5
    assert await tail(processes) == everything


async def test_followers_show_each_once(processes: Processes, pipeline: Pipeline) -> None:
    command = ("dead-letters", "tail", "--follow", "-n", "1000000")
    followers = [processes.start_command(*command) for _ in range(2)]
    total = 0
    # They start while dead letters arrive: some are there already, some come during the look.
    while not all(printed(follower) for follower in followers):
        await bury(pipeline, numbered(1, start=total))
        total += 1
    await bury(pipeline, numbered(20, start=total))
    expected = [f"bad-{number}" for number in range(total + 20)]

    async def complete() -> bool:
        return all(expected[-1] in ids(printed(follower)) for follower in followers)

    await eventually(complete)
    for follower in followers:
        assert sorted(ids(printed(follower))) == sorted(expected)
    assert ids(await tail(processes, "-n", "1000000")) == expected


async def test_a_follower_shows_what_has_no_message_id(
    processes: Processes, pipeline: Pipeline, rabbitmq: RabbitMQ
) -> None:
    await bury(pipeline, numbered(1))
    bury_nameless(rabbitmq, processes.amqp_url, "somebody's")
    follower = processes.start_command("dead-letters", "tail", "--follow", "-o", "jsonl")

    async def shown(count: int) -> bool:
        return len(printed(follower)) >= count

    await eventually(partial(shown, 3))
    bury_nameless(rabbitmq, processes.amqp_url, "somebody else's")
    await eventually(partial(shown, 4))
    notice, *lines = printed(follower)
    assert notice == UNMASKED
    assert json.loads(lines[2])["body"] == "somebody else's"


def bury_nameless(rabbitmq: RabbitMQ, amqp_url: str, body: str) -> None:
    """Over HTTP: the library for AMQP gives every message an id."""
    management = Management(int(rabbitmq.management_url.rpartition(":")[2]))
    path = f"/api/exchanges/{amqp_url.rpartition('/')[2]}/{DEAD_EXCHANGE}/publish"
    message = {"properties": {}, "routing_key": "event.push", "payload_encoding": "string"}
    management.call("POST", path, {**message, "payload": body})


async def test_ctrl_c_is_the_good_end_of_a_follower(
    processes: Processes, pipeline: Pipeline
) -> None:
    await bury(pipeline, numbered(2))
    follower = processes.start_command("dead-letters", "tail", "--follow", "-n", "1")

    async def following() -> bool:
        return bool(printed(follower))

    await eventually(following)
    assert follower.pid
    os.kill(follower.pid, signal.SIGINT)
    await asyncio.to_thread(follower.finish, seconds=DEADLINE)
    assert printed(follower)[1:] == ["1 shown, 0 removed"]


async def test_a_follower_that_loses_the_broker_says_so(
    processes: Processes, pipeline: Pipeline, rabbitmq: RabbitMQ
) -> None:
    follower = processes.start_command("dead-letters", "tail", "--follow")
    await bury(pipeline, numbered(1))

    async def following() -> bool:
        return bool(printed(follower))

    await eventually(following)
    # The broker knows of connections with some delay.
    await eventually(partial(asyncio.to_thread, cut, rabbitmq, processes.amqp_url))
    with pytest.raises(LocalError):
        await asyncio.to_thread(follower.finish, seconds=DEADLINE)
    assert follower.exit_code == 5
    assert printed(follower)[-1].startswith("Error: the broker at ")


def cut(rabbitmq: RabbitMQ, amqp_url: str) -> bool:
    """Close the command's connections; whether there are any."""
    management = Management(int(rabbitmq.management_url.rpartition(":")[2]))
    vhost = amqp_url.rpartition("/")[2]
    found = [
        quote(one["name"], safe="")
        for one in management.call("GET", f"/api/vhosts/{vhost}/connections")
        if one.get("client_properties", {}).get("connection_name") == NAME
    ]
    for name in found:
        management.call("DELETE", f"/api/connections/{name}")
    return bool(found)


def printed(process: Process) -> Sequence[str]:
    return beneath(process.log.read_text().splitlines())


async def test_the_brokers_own_dead_letter(processes: Processes, pipeline: Pipeline) -> None:
    event = make_event(target={"tag": "v1"})
    await post_all(pipeline, [event])
    async with await aio_pika.connect(processes.amqp_url) as connection:
        for _ in range(DELIVERY_LIMIT + 1):
            await take_and_die(connection)

    async def dead() -> bool:
        return await waiting(processes.amqp_url, DEAD_QUEUE) == 1

    await eventually(dead)
    (line,) = await tail(processes)
    assert re.fullmatch(
        rf"{GROUP}  {MESSAGE}  (-|{TIME}) +delivery_limit  - +push +team/app:v1  {event['id']}",
        line,
    )
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0


async def take_and_die(connection: aio_pika.abc.AbstractConnection) -> None:
    """As a worker does that a message kills: no acknowledgement, its channel gone."""
    async with connection.channel() as channel:
        queue = await channel.get_queue(EVENTS_QUEUE)

        async def taken() -> bool:
            return await queue.get(fail=False) is not None

        await eventually(taken)
