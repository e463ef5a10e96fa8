"""The settings of sites that follow the geo log, of what serves it to them, and of syncing."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from shared.setting_types import Listen, Token


class GeoSettings(BaseSettings):
    """The part of `Settings` that `geo` alone reads."""

    geo_serve_listen: Listen = Field("127.0.0.1:8083", description="address of geo serve")
    geo_serve_max_waiting: int = Field(
        2_000, gt=0, description="requests that wait for a change; one more is answered 503"
    )
    geo_token: Token | None = Field(
        None, description="the site's token, where it follows the log over HTTP"
    )
    geo_ca_file: Path | None = Field(
        None,
        description="certificates of authorities, beside the system's, that may vouch for the log",
    )
    geo_sync_listen: Listen = Field(
        "127.0.0.1:8084", description="address of geo sync's health port"
    )
