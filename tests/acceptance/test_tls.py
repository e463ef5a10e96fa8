"""Every command and every page over verified TLS, with a certificate of our own, and never less."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.acceptance import asked, asked_pages
from tests.acceptance.asked import COMMANDS, Asked, Place
from tests.acceptance.asked_pages import has_noticed, signed_in
from tests.authority import Authority
from tests.encrypted_servers import EncryptedBroker, EncryptedDatabase
from tests.factories import make_event
from tests.forked_command import forking
from tests.listing_registry import ListingRegistry, listing
from tests.outages import SETTINGS, Outage, Server
from tests.processes import Processes, post_all
from tests.waiting import eventually

# What would not end where its servers are there; and, beside 0 and 3 for nothing found, what is
# answered where no worker takes from the queue.
ASKED_HERE = {"dead-letters tail": Asked([]), "shards": Asked(["--timeout", "1"])}
THERE = {"status": 1}
# The other server has to answer within its two seconds, whatever else the machine does.
AT_ONCE = 2
RECORDED = "SELECT 1 FROM tracking_events WHERE repository = 'team/tls'"


@dataclass(frozen=True)
class Encrypted:
    """Two servers that are reached by TLS, and what their certificates are of."""

    broker: EncryptedBroker
    database: EncryptedDatabase
    ca: Path
    own: tuple[Path, Path]

    def urls(self, host: str = LOOPBACK) -> Mapping[str, str]:
        certificate, key = self.own
        return {
            "AMQP_URL": self.broker.encrypted_url(
                host, cafile=self.ca, certfile=certificate, keyfile=key
            ),
            "DATABASE_URL": self.database.encrypted_url(
                "events",
                host,
                sslmode="verify-full",
                sslrootcert=self.ca,
                sslcert=certificate,
                sslkey=key,
            ),
        }


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    directory = tmp_path_factory.mktemp("tls")
    authority = Authority(directory / "authority")
    Authority(directory / "stranger")
    with (
        EncryptedDatabase(directory / "postgres", authority) as database,
        EncryptedBroker(directory / "rabbitmq", authority) as broker,
    ):
        yield Encrypted(broker, database, authority.ca, authority.issue(file="client"))


@pytest.fixture(scope="module")
def place(servers: Encrypted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("place")
    with Place.filled(directory, servers.broker, servers.database, servers.urls()) as made:
        yield made


class Untrusted(Outage):
    """The one server's URL names another authority."""

    @contextmanager
    def begun(
        self,
        broker: RabbitMQ,  # noqa: ARG002
        database: Postgres,  # noqa: ARG002
        urls: Mapping[str, str],
    ) -> Iterator[str]:
        yield re.sub(r"authority(%2Fca\.pem)", r"stranger\1", urls[SETTINGS[self.server]])


UNTRUSTED = pytest.mark.parametrize(
    "server", ["broker", "database"], ids=["the broker", "the database"]
)


async def test_every_command_works(place: Place) -> None:
    registry = ListingRegistry()

    async def answer(name: str, one: Asked) -> None:
        done = await asked.run([*name.split(), *place.asked(one)], place.environment)
        told = f"{name}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode in {THERE.get(name, 0), 3}, told
        assert not re.search("cannot be used|did not answer|Traceback", told), told

    asking = {name: one for name, one in COMMANDS.items() if isinstance(one, Asked) and one.away}
    compared = Asked(["--registry", f"http://{LOOPBACK}:{registry.port}"])
    asking |= {**ASKED_HERE, "reconcile": compared}
    async with listing(registry):
        await asked.few_at_once(asking, answer, AT_ONCE)


async def test_every_page_works(place: Place) -> None:
    def check(method: str, path: str, code: int, text: str) -> None:
        told = f"{method} {path}: status {code}\n{text}"
        assert code < 500, told
        assert not re.search("cannot be used|did not answer", text), told

    async with signed_in(place.urls) as visitor:
        # Two who look at the dead letters keep each other waiting.
        await asked_pages.each(visitor, check, at_once=1)


@UNTRUSTED
async def test_no_command_believes_another_server(place: Place, server: Server) -> None:
    await asked.answered(place, Untrusted(server, "untrusted"), AT_ONCE)


@UNTRUSTED
async def test_no_page_believes_another_server(place: Place, server: Server) -> None:
    outage = Untrusted(server, "untrusted")
    with outage.begun(place.broker, place.database, place.urls) as url:
        async with signed_in({**place.urls, SETTINGS[server]: url}) as visitor:
            await eventually(partial(has_noticed, visitor, server))
            await asked_pages.answered(visitor, outage, url, AT_ONCE)


async def test_services_record_what_a_registry_sends(place: Place, tmp_path: Path) -> None:
    with ExitStack() as exits:
        urls = place.urls["AMQP_URL"], place.urls["DATABASE_URL"]
        processes = Processes(tmp_path, *urls, exits, is_forked=True)
        ingest, worker = processes.ingest(), processes.worker()
        async with processes.pipeline(ingest) as pipeline:
            events = [make_event(target={"repository": "team/tls"}) for _ in range(500)]
            await post_all(pipeline, events)

            async def recorded() -> bool:
                return len(await pipeline.database.fetch(RECORDED)) == len(events)

            await eventually(recorded)
            changes = await pipeline.database.fetchval("SELECT count(*) FROM geo_events")
        follow = ["geo", "follow", "--site", "tls", "--once"]
        followed = await asked.run(follow, place.environment)
        assert (followed.returncode, len(followed.stdout.splitlines())) == (0, changes)
        assert changes >= len(events)
        await worker.terminate()
        await ingest.terminate()


async def test_every_other_service_becomes_ready(place: Place, tmp_path: Path) -> None:
    with ExitStack() as exits:
        urls = place.urls["AMQP_URL"], place.urls["DATABASE_URL"]
        processes = Processes(tmp_path, *urls, exits, is_forked=True)
        sink = {"forward": "snowplow", "forward_snowplow_url": f"http://{LOOPBACK}:9"}
        forward, exporter = processes.start("forward", **sink), processes.start("exporter")
        for service in (processes.geo_serve(), forward, exporter):
            service.wait_until_ready()
        for server in ("broker", "database"):
            assert exporter.metric("registry_events_exporter_up", server=server) == 1


async def test_up_uses_such_servers(place: Place, tmp_path: Path) -> None:
    up = ["up", "--once", "--no-registry", "--workers", "1", "--data", str(tmp_path / "data")]
    done = await asyncio.to_thread(forking.run, up, place.environment, seconds=90)
    assert done.returncode == 0, done
    assert "All 3 expected events were recorded." in done.stdout


@pytest.fixture
async def expired(servers: Encrypted) -> AsyncIterator[None]:
    """Certificates of both that ended an hour ago."""
    for life in (timedelta(hours=-1), timedelta(days=1)):
        await asyncio.to_thread(servers.broker.certify, life=life)
        await servers.database.certify(life=life)
        if life < timedelta():
            yield


async def told(place: Place, **urls: str) -> list[str]:
    """What `config check` says of the connections, a line for each."""
    done = await asked.run(["config", "check", "--connect"], {**place.environment, **urls})
    assert done.returncode == 2, done
    _, *lines = done.stderr.splitlines()
    return [line.partition(" cannot be used: ")[2] for line in lines]


@pytest.mark.usefixtures("expired")
async def test_an_expired_certificate_is_told(place: Place) -> None:
    assert await told(place) == ["its certificate has expired"] * 2


async def test_a_certificate_of_another_host_is_told(place: Place, servers: Encrypted) -> None:
    assert (
        await told(place, **servers.urls("localhost"))
        == ["its certificate is of another host: it is not valid for 'localhost'"] * 2
    )


async def test_a_certificate_that_is_wanted_of_us_is_told(place: Place) -> None:
    without = {
        name: re.sub(r"&(certfile|keyfile|sslcert|sslkey)=[^&]*", "", url)
        for name, url in place.urls.items()
    }
    broker, database = await told(place, **without)
    assert "it wants to see a certificate of its client" in broker
    assert broker.endswith("; certfile and keyfile in AMQP_URL name one")
    assert database == "connection requires a valid client certificate"


async def test_a_port_without_tls_is_told(
    place: Place, servers: Encrypted, postgres: Postgres
) -> None:
    amqp = servers.broker.url().replace("amqp:", "amqps:")
    database = f"{postgres.url()}?sslmode=verify-full&sslrootcert={servers.ca}"
    assert (
        await told(place, AMQP_URL=amqp, DATABASE_URL=database)
        == ["it speaks no TLS on this port"] * 2
    )


async def test_a_port_with_tls_alone_is_told(place: Place, servers: Encrypted) -> None:
    plain = re.sub(r"\?.*", "", servers.urls()["AMQP_URL"]).replace("amqps:", "amqp:")
    (said,) = await told(place, AMQP_URL=plain)
    assert said.endswith("perhaps it wants TLS on this port, which is amqps://")
