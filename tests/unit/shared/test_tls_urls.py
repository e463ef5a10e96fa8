"""A URL that would give a connection without TLS, or one that nothing proves, by mistake."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from shared.configuration import SettingsError, load
from tests.authority import Authority


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    authority = Authority(tmp_path)
    certificate, key = authority.issue()
    _, other = authority.issue(file="other")
    locked, text = tmp_path / "locked.key", tmp_path / "text.pem"
    loaded = load_pem_private_key(key.read_bytes(), None)
    secret = BestAvailableEncryption(b"opensesame")
    locked.write_bytes(loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    text.write_text("no certificate")
    return {
        "ca": authority.ca,
        "certificate": certificate,
        "key": key,
        "other": other,
        "locked": locked,
        "text": text,
        "absent": tmp_path / "absent.pem",
    }


AMQPS = "amqps://u:hunter2@broker/"
POSTGRES = "postgresql://u:hunter2@db/events"
GOOD = {
    "an authority": ("amqp_url", f"{AMQPS}?cafile={{ca}}"),
    "a certificate too": (
        "amqp_url",
        f"{AMQPS}?cafile={{ca}}&certfile={{certificate}}&keyfile={{key}}",
    ),
    "said to be unverified": ("amqp_url", f"{AMQPS}?no_verify_ssl=1"),
    "verified": ("database_url", f"{POSTGRES}?sslmode=verify-full&sslrootcert={{ca}}"),
    "with a certificate": ("database_url", f"{POSTGRES}?sslcert={{certificate}}&sslkey={{key}}"),
    "a key with its password": (
        "database_url",
        f"{POSTGRES}?sslcert={{certificate}}&sslkey={{locked}}&sslpassword=opensesame",
    ),
}
BAD = {
    "no TLS": (
        "amqp_url",
        "amqp://broker/?cafile={ca}",
        "AMQP_URL: cafile is for amqps://, and this is amqp://, without TLS",
    ),
    "unverified by mistake": (
        "amqp_url",
        f"{AMQPS}?no_verify_ssl=false",
        "AMQP_URL: no_verify_ssl must be 0, or 1 to believe any certificate",
    ),
    "no file": (
        "amqp_url",
        f"{AMQPS}?cafile={{absent}}",
        "AMQP_URL: {absent} cannot be read: No such file or directory",
    ),
    "no authority": (
        "amqp_url",
        f"{AMQPS}?cafile={{text}}",
        "AMQP_URL: {text} holds no certificate in PEM",
    ),
    "a key alone": (
        "amqp_url",
        f"{AMQPS}?keyfile={{key}}",
        "AMQP_URL: keyfile stands in it without certfile",
    ),
    "another's key": (
        "amqp_url",
        f"{AMQPS}?certfile={{certificate}}&keyfile={{other}}",
        "AMQP_URL: the key in {other} is not that of the certificate in {certificate}",
    ),
    "a key that nobody opens": (
        "amqp_url",
        f"{AMQPS}?certfile={{certificate}}&keyfile={{locked}}",
        "AMQP_URL: the key in {locked} is encrypted, with another password if one is given",
    ),
    "no file of the database": (
        "database_url",
        f"{POSTGRES}?sslrootcert={{absent}}",
        "DATABASE_URL: {absent} cannot be read: No such file or directory",
    ),
    "no key": (
        "database_url",
        f"{POSTGRES}?sslcert={{certificate}}&sslkey={{text}}",
        "DATABASE_URL: {certificate} holds no certificate in PEM, or {text} no key",
    ),
}


@pytest.mark.parametrize(("setting", "url"), GOOD.values(), ids=GOOD)
def test_what_can_be_used_is(setting: str, url: str, files: dict[str, Path]) -> None:
    assert getattr(load(**{setting: url.format_map(files)}), setting)


@pytest.mark.parametrize(("setting", "url", "says"), BAD.values(), ids=BAD)
def test_each_fault_is_one_sentence_that_names_the_file(
    setting: str, url: str, says: str, files: dict[str, Path]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{setting: url.format_map(files)})
    assert caught.value.faults == [says.format_map(files)]
