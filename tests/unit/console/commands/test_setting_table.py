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
