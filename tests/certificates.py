"""A certificate authority of a test's own, and what it vouches for: a server on this machine."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from console.local.network.ports import LOOPBACK


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: whom to believe, and a server's chain with its key."""

    authority: Path
    chain: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


def made(directory: Path) -> Certificates:
    directory.mkdir()
    certificates = Certificates(directory / "authority.pem", directory / "chain.pem")
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    of_authority = _begun("authority", "authority", authority_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    of_server = _begun("server", "authority", key.public_key()).add_extension(own, critical=False)
    certificates.authority.write_bytes(_signed(of_authority, authority_key))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificates.chain.write_bytes(plain + _signed(of_server, authority_key))
    return certificates


def _begun(name: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    subject, by = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer)
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


def _signed(certificate: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return certificate.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
