"""The settings of the console and the exporter: who may come in and act, what they show."""

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from shared.setting_types import HeaderName, HttpUrl, Listen, Tokens, Urls


class ConsoleSettings(BaseSettings):
    """The part of `Settings` that the console and the exporter alone read."""

    console_listen: Listen = Field("127.0.0.1:8090", description="address of the console's page")
    console_tokens: Tokens = Field(
        (),
        description="tokens that open the console, to act if it allows writes; "
        "for any address but loopback these are needed, or those for viewing",
    )
    console_view_tokens: Tokens = Field((), description="tokens that open the console only to look")
    console_proxy_user_header: HeaderName = Field(
        "",
        description="header in which a reverse proxy names the user, instead of tokens; "
        "nobody but the proxy may reach the console then",
    )
    console_acting_users: str = Field(
        "",
        description="those of the proxy's users who may act, separated by commas; empty: all",
    )
    console_services: Urls = Field(
        "",
        description="ingests, workers and forwards, http://HOST:PORT separated by commas, "
        "whose figures the console shows; https:// of an ingest with TLS",
    )
    console_ca_file: Path | None = Field(
        None,
        description="certificates of authorities (PEM), beside the system's, that may vouch for "
        "those with https://",
    )
    exporter_listen: Listen = Field(
        "127.0.0.1:8085", description="address of the exporter's health port"
    )

    management_url: HttpUrl | None = Field(
        None,
        description="RabbitMQ's management API, with a user that may monitor, for `config check "
        "--connect` alone",
    )

    @field_validator("console_view_tokens")
    @classmethod
    def _look_only(cls, tokens: Tokens, others: ValidationInfo) -> Tokens:
        if set(tokens) & set(others.data.get("console_tokens", ())):
            raise ValueError(
                "a token stands in REGISTRY_EVENTS_CONSOLE_TOKENS too; may who holds it act?"
            )
        return tokens

    @field_validator("console_acting_users")
    @classmethod
    def _of_the_proxy(cls, users: str, others: ValidationInfo) -> str:
        if users and not others.data.get("console_proxy_user_header", users):
            raise ValueError(
                "without REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER nobody names a user to the "
                "console"
            )
        if users and not users.replace(",", "").strip():
            raise ValueError("it names nobody; leave it out if all may act")
        return users
