import pytest
from pydantic import SecretStr

from console.commands.config.setting_table import rows
from shared.settings import Settings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://user:hunter2@broker:5672/v", "amqp://user:****@broker:5672/v"),
        ("amqp://user@broker", "amqp://user@broker"),
        ("amqp://broker/v?password=hunter2", "amqp://broker/v?****"),
        ("amqp://user:hunter2/#[@broker/v", "amqp://user:****@broker/v"),
        ("amqp://user:hunter2@hunter2@broker/v", "amqp://user:****@broker/v"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    settings = Settings.model_construct(amqp_url=SecretStr(url))
    assert {name: value for name, value, _ in rows(settings)}["AMQP_URL"] == shown


@pytest.mark.parametrize("secret", ["hunter2", "Bearer hunter2", "Bearer x://hunter2"])
def test_of_a_header_nothing_is_shown(secret: str) -> None:
    header = SecretStr(f"Authorization: {secret}")
    settings = Settings.model_construct(forward_cloudevents_header=header)
    shown = {name: value for name, value, _ in rows(settings)}
    assert shown["REGISTRY_EVENTS_FORWARD_CLOUDEVENTS_HEADER"] == "****"
