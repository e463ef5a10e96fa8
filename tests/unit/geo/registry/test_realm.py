import pytest

from geo.registry.challenge import Challenge
from geo.registry.errors import RegistryError
from geo.registry.location import Location
from geo.registry.realm import realm


@pytest.mark.parametrize(
    ("registry", "where"),
    [
        ("https://registry.example", "https://auth.example/token"),
        ("http://registry.example", "https://auth.example/token"),
        ("http://registry.example", "http://registry.example:8080/token"),
        ("http://127.0.0.1:5000", "http://localhost:8080/token"),
        ("http://localhost:5000", "http://[::1]/token"),
    ],
)
def test_a_login_goes_there(registry: str, where: str) -> None:
    challenge = Challenge("bearer", {"realm": where})
    assert str(realm(challenge, Location.parse(registry))) == where


@pytest.mark.parametrize(
    ("registry", "where"),
    [
        ("https://registry.example", "http://auth.example/token"),
        ("https://registry.example", "http://registry.example/token"),
        ("https://127.0.0.1", "http://127.0.0.1/token"),
        ("http://registry.example", "http://auth.example/token"),
        ("http://127.0.0.1", "http://127.example/token"),
        ("http://registry.example", "http://127.0.0.1/token"),
        ("https://registry.example", ""),
        ("https://registry.example", "/token"),
        ("https://registry.example", "file:///etc/passwd"),
        ("https://registry.example", "https://["),
        ("https://registry.example", "https:///token"),
    ],
)
def test_a_login_does_not_go_there(registry: str, where: str) -> None:
    with pytest.raises(RegistryError):
        realm(Challenge("bearer", {"realm": where}), Location.parse(registry))
