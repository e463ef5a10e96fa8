"""An address for several processes of one service: free for these, taken for all others."""

import socket
from contextlib import closing

import pytest

from console.local.network.ports import LOOPBACK
from console.supervision.address import reserved
from shared.service import StartError


def listener(listen: str, *, reuse_port: bool) -> socket.socket:
    host, _, port = listen.rpartition(":")
    return socket.create_server((host, int(port)), reuse_port=reuse_port)


def test_processes_that_share_it_listen_there_and_no_other() -> None:
    with reserved(f"{LOOPBACK}:0") as address:
        assert not address.endswith(":0")
        with (
            closing(listener(address, reuse_port=True)),
            closing(listener(address, reuse_port=True)),
            pytest.raises(OSError, match="in use"),
        ):
            listener(address, reuse_port=False)


def test_it_is_taken_before_any_of_them_listens() -> None:
    with (
        reserved(f"{LOOPBACK}:0") as address,
        pytest.raises(StartError, match=f"cannot listen on {address}: Address already in use"),
        reserved(address),
    ):
        pass


@pytest.mark.parametrize("reuse_port", [False, True], ids=["alone", "shared"])
def test_whoever_listens_there_has_it(reuse_port: bool) -> None:  # noqa: FBT001  a parameter
    with (
        closing(listener(f"{LOOPBACK}:0", reuse_port=reuse_port)) as server,
        pytest.raises(StartError, match="Address already in use"),
        reserved(f"{LOOPBACK}:{server.getsockname()[1]}"),
    ):
        pass


def test_connections_of_a_service_that_has_ended_do_not_keep_it() -> None:
    with closing(listener(f"{LOOPBACK}:0", reuse_port=True)) as server:
        listen = f"{LOOPBACK}:{server.getsockname()[1]}"
        with socket.create_connection(server.getsockname()):
            # Who closes first keeps the port for a minute.
            server.accept()[0].close()
    with reserved(listen) as address, closing(listener(address, reuse_port=True)):
        assert address == listen


def test_a_name_of_several_addresses_has_one_port() -> None:
    with reserved("localhost:0") as address:
        assert address.startswith("localhost:")
        with pytest.raises(StartError), reserved(address):
            pass


@pytest.mark.parametrize("host", ["x" * 70, "no-such-host.invalid"], ids=["too long", "unknown"])
def test_what_is_no_host_is_said(host: str) -> None:
    with pytest.raises(StartError, match=f"cannot listen on {host}:80: "), reserved(f"{host}:80"):
        pass
