"""Each way in which TLS does not come about is a sentence of its own."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK
from shared.faults import in_words
from tests.authority import Authority


@dataclass
class Peers:
    """Who connects to `host`, and who is there: each with its context, to be spoilt."""

    authority: Authority
    client: ssl.SSLContext = field(init=False)
    server: ssl.SSLContext = field(init=False)
    host: str = LOOPBACK

    def __post_init__(self) -> None:
        self.client = ssl.create_default_context(cafile=self.authority.ca)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(*self.authority.issue())

    def meet(self) -> str:
        """What the client says of it, empty if it got its answer."""
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self.client.wrap_bio(back, there, server_hostname=self.host)
        server = self.server.wrap_bio(there, back, server_side=True)
        for _ in range(3):
            try:
                client.do_handshake()
                client.read(1)
            except ssl.SSLWantReadError:
                _turn(server)
            except ssl.SSLError as error:
                return in_words(error)
        return ""


def _turn(server: ssl.SSLObject) -> None:
    try:
        server.do_handshake()
        server.write(b"x")
    except ssl.SSLError:
        """It waits, or has told the client why not."""


def ended(peers: Peers) -> None:
    peers.server.load_cert_chain(*peers.authority.issue(life=timedelta(hours=-1)))


def others(peers: Peers) -> None:
    peers.host = "db.example"


def other_address(peers: Peers) -> None:
    peers.host = "127.0.0.2"


def unknown(peers: Peers) -> None:
    peers.client = ssl.create_default_context()


def wanting(peers: Peers) -> None:
    peers.server.verify_mode = ssl.CERT_REQUIRED
    peers.server.load_verify_locations(peers.authority.ca)


def distrusting(peers: Peers) -> None:
    wanting(peers)
    stranger = Authority(peers.authority.ca.parent / "stranger")
    peers.client.load_cert_chain(*stranger.issue())


def late(peers: Peers) -> None:
    wanting(peers)
    peers.client.load_cert_chain(*peers.authority.issue(life=timedelta(hours=-1), file="late"))


def older(peers: Peers) -> None:
    peers.client.minimum_version = ssl.TLSVersion.TLSv1_3
    peers.server.maximum_version = ssl.TLSVersion.TLSv1_2


UNKNOWN = "its certificate is signed by no authority that is trusted here"
SAID = {
    "expired": (ended, "its certificate has expired"),
    "another name": (
        others,
        "its certificate is of another host: it is not valid for 'db.example'",
    ),
    "another address": (
        other_address,
        "its certificate is of another host: it is not valid for '127.0.0.2'",
    ),
    "an unknown authority": (unknown, UNKNOWN),
    "a client without a certificate": (wanting, "it wants to see a certificate of its client"),
    "a client of an unknown authority": (
        distrusting,
        "it does not trust the authority of the certificate that it was shown",
    ),
    "a client's expired": (late, "the certificate that it was shown has expired"),
    "an older version": (
        older,
        "it and we have no version of TLS in common; ours are 1.2 and newer",
    ),
}


@pytest.mark.parametrize(("spoil", "said"), SAID.values(), ids=SAID)
def test_why_tls_did_not_come_about(
    spoil: Callable[[Peers], None], said: str, tmp_path: Path
) -> None:
    peers = Peers(Authority(tmp_path))
    assert peers.meet() == ""
    spoil(peers)
    assert peers.meet() == said


@pytest.mark.parametrize("answer", [b"AMQP\0\0\x09\x01", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"E"])
def test_who_speaks_no_tls_is_told_as_such(answer: bytes) -> None:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    back.write(answer * 8)
    client = ssl.create_default_context().wrap_bio(back, there, server_hostname=LOOPBACK)
    with pytest.raises(ssl.SSLError) as caught:
        client.do_handshake()
    assert in_words(caught.value) == "it speaks no TLS on this port"


def test_what_nobody_has_a_word_for_keeps_its_own() -> None:
    error = ssl.SSLError(1, "an odd thing")
    assert in_words(error) == "an odd thing"
    error.reason = "ODD_THING"
    assert in_words(error) == "TLS failed: odd thing"
