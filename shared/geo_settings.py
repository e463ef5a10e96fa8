"""The settings of sites that follow the geo log."""

from pydantic import Field
from pydantic_settings import BaseSettings

from shared.setting_types import Listen


class GeoSettings(BaseSettings):
    """The part of `Settings` that `geo` alone reads."""

    geo_sync_listen: Listen = Field(
        "127.0.0.1:8084", description="address of geo sync's health port"
    )
