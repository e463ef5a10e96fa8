"""An ingest that speaks https itself: to whom, with which certificate, and after it changed."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509

import ingest.app
from console.local.network.ports import LOOPBACK
from console.overview.sources import services
from shared.configuration import SettingsError
from shared.service import StartError
from tests.authority import Authority
from tests.factories import make_envelope, make_event
from tests.running import EVENTS_TYPE, TOKEN, make_settings
from tests.waiting import eventually

DATABASE = f"postgresql://{LOOPBACK}/unused"


@dataclass(frozen=True)
class Served:
    """An ingest at `place`, which reads its certificate and key from these files."""

    authority: Authority
    place: str
    certificate: Path
    key: Path

    async def post(self) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": EVENTS_TYPE}
        tls = ssl.create_default_context(cafile=self.authority.ca)
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as http,
            http.post(
                f"https://{self.place}/notifications",
                data=make_envelope(make_event("push")),
                headers=headers,
            ) as response,
        ):
            return response.status

    async def number(self) -> int:
        """The serial number of the certificate that a new connection is shown."""
        host, _, port = self.place.partition(":")
        shown = await asyncio.to_thread(ssl.get_server_certificate, (host, int(port)))
        return x509.load_pem_x509_certificate(shown.encode()).serial_number

    def renew(self) -> int:
        """Put another pair in the files' places; gives its number."""
        certificate, key = self.authority.issue(file="renewed")
        key.replace(self.key)
        certificate.replace(self.certificate)
        return _number(self.certificate)


def _number(certificate: Path) -> int:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number


@asynccontextmanager
async def serving(amqp_url: str, directory: Path) -> AsyncIterator[Served]:
    authority = Authority(directory / "authority")
    certificate, key = authority.issue()
    files = {"ingest_tls_cert": certificate, "ingest_tls_key": key}
    settings = make_settings(amqp_url, DATABASE, ingest_deadline=20, **files)
    task = asyncio.ensure_future(ingest.app.run(settings))
    served = Served(authority, settings.ingest_listen, certificate, key)

    async def takes() -> bool:
        if task.done():
            task.result()
        try:
            return await served.post() == 200
        except aiohttp.ClientConnectionError:
            return False

    try:
        await eventually(takes)
        yield served
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def served(amqp_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(amqp_url, tmp_path) as one:
        yield one


async def test_whoever_does_not_speak_it_reaches_nothing_and_harms_nobody(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientError):
            await http.get(f"http://{served.place}/health/live")
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await http.get(f"https://{served.place}/health/live")
    host, _, port = served.place.partition(":")
    for rubbish in (b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n", b""):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(rubbish)
        writer.close()
    assert await served.post() == 200
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_an_old_version_of_tls_is_refused(served: Served) -> None:
    tls = ssl.create_default_context(cafile=served.authority.ca)
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.set_ciphers("ALL:@SECLEVEL=0")
    host, _, port = served.place.partition(":")
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    _, writer = await asyncio.open_connection(host, int(port), ssl=tls)
    writer.close()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(host, int(port), ssl=tls)


async def test_a_renewed_certificate_is_shown_without_a_restart(served: Served) -> None:
    before = await served.number()
    after = served.renew()

    async def renewed() -> bool:
        return await served.number() == after

    assert before != after
    await eventually(renewed)
    assert await served.post() == 200


async def test_what_is_half_written_changes_nothing_until_it_is_whole(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await served.number()
    said = ""

    async def told() -> bool:
        nonlocal said
        said += "".join(capsys.readouterr())
        return "certificate.kept" in said

    certificate, key = served.authority.issue(file="renewed")
    # Of another pair only one is there yet.
    shutil.copy(certificate, served.certificate)
    await eventually(told)
    assert "is not that of the certificate" in said
    assert await served.number() == before
    said = ""
    served.key.write_bytes(key.read_bytes()[:40])
    await eventually(told)
    assert await served.number() == before
    served.key.unlink()
    assert await served.post() == 200
    shutil.copy(key, served.key)

    async def renewed() -> bool:
        return await served.number() == _number(certificate)

    await eventually(renewed)


async def test_the_console_sees_it_as_any_other(served: Served, tmp_path: Path) -> None:
    urls = [f"https://{served.place}"]
    async with services.asking(urls, served.authority.ca) as ask:
        (seen,) = await ask()
    assert (seen.kind, seen.fault) == ("ingest", "")
    async with services.asking(urls) as ask:
        (doubted,) = await ask()
    assert doubted.fault == "its certificate is signed by no authority that is trusted here"
    async with services.asking(urls, tmp_path / "absent.pem") as ask:
        (blind,) = await ask()
    assert blind.fault == (
        f"REGISTRY_EVENTS_CONSOLE_CA_FILE: {tmp_path}/absent.pem cannot be read: No such file or "
        "directory"
    )


async def test_it_does_not_start_with_a_pair_that_is_none(amqp_url: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue(life=timedelta(days=2))
    _, other = authority.issue(file="other")
    with pytest.raises(
        SettingsError, match="KEY: TLS needs it and REGISTRY_EVENTS_INGEST_TLS_CERT"
    ):
        make_settings(amqp_url, DATABASE, ingest_tls_cert=certificate)
    with pytest.raises(SettingsError, match="only one of them is set"):
        make_settings(amqp_url, DATABASE, ingest_tls_key=key)
    settings = make_settings(amqp_url, DATABASE, ingest_tls_cert=certificate, ingest_tls_key=other)
    with pytest.raises(StartError, match=f"the key in {other} is not that of the certificate in"):
        await ingest.app.run(settings)
