"""PostgreSQL and RabbitMQ that are reached by TLS, and want a certificate of their clients."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlencode

import asyncpg

from console.local.network.ports import LOOPBACK
from console.local.processes.process import Process
from console.local.servers.place import Place
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.authority import Authority
from tests.broker_shell import evaluate

_BROKER: Final = """
listeners.ssl.default = {host}:{port}
ssl_options.cacertfile = {ca}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {key}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
"""
# Without TLS it is asked whether it is up.
_DATABASE: Final = """
ssl = on
ssl_ca_file = 'authority.pem'
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
"""
_CLIENTS: Final = """\
hostssl all all 127.0.0.1/32 trust clientcert=verify-ca
hostnossl all all 127.0.0.1/32 trust
"""
_FORGET_FILES: Final = "ssl:clear_pem_cache()."


class EncryptedBroker(RabbitMQ):
    """`url` is without TLS."""

    purposes: ClassVar[Sequence[str]] = (*RabbitMQ.purposes, "amqps")

    def __init__(self, directory: Path, authority: Authority) -> None:
        super().__init__(directory, fast=True)
        self._authority = authority

    def encrypted_url(self, host: str = LOOPBACK, **query: object) -> str:
        place = f"amqps://guest:guest@{host}:{self._ports['amqps']}/%2F"
        return f"{place}?{urlencode(query)}"

    def certify(self, *, life: timedelta) -> None:
        """Show another certificate from now on, which ends in so long a time."""
        self._authority.issue(life=life, file="broker")
        evaluate(self, _FORGET_FILES)

    def _write_files(self) -> dict[str, str]:
        environment = super()._write_files()
        certificate, key = self._authority.issue(file="broker")
        with (self.directory / "rabbitmq.conf").open("a") as configuration:
            configuration.write(
                _BROKER.format(
                    host=LOOPBACK,
                    port=self._ports["amqps"],
                    ca=self._authority.ca,
                    certificate=certificate,
                    key=key,
                )
            )
        return environment


class EncryptedDatabase(Postgres):
    """`url` is without TLS."""

    def __init__(self, directory: Path, authority: Authority) -> None:
        super().__init__(directory, fast=True)
        self._authority = authority
        self._data = directory

    def encrypted_url(self, database: str, host: str = LOOPBACK, **query: object) -> str:
        place = f"postgresql://postgres@{host}:{self.port}/{database}"
        return f"{place}?{urlencode(query)}"

    async def certify(self, *, life: timedelta) -> None:
        """Show another certificate from now on, which ends in so long a time."""
        self._issue(life)
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute("SELECT pg_reload_conf()")
        finally:
            await connection.close()

    def _new_process(self, place: Place) -> Process:
        self._data = place.directory / "data"
        self._issue(timedelta(days=1))
        (self._data / "pg_hba.conf").write_text(_CLIENTS)
        with (self._data / "postgresql.conf").open("a") as configuration:
            configuration.write(_DATABASE)
        return super()._new_process(place)

    def _issue(self, life: timedelta) -> None:
        """It takes a key of its own user's alone."""
        certificate, key = self._authority.issue(life=life, file="database")
        owner = self._data.stat()
        for source, name in (
            (self._authority.ca, "authority.pem"),
            (certificate, "server.pem"),
            (key, "server.key"),
        ):
            copy = self._data / name
            copy.write_bytes(source.read_bytes())
            copy.chmod(0o600)
            os.chown(copy, owner.st_uid, owner.st_gid)
