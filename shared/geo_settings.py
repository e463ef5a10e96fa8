"""The settings of sites that follow the geo log, and of what reads and writes registries."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from shared.setting_types import Listen


class GeoSettings(BaseSettings):
    """The part of `Settings` that the commands `geo` and `reconcile` read."""

    registry_auth_file: Path | None = Field(
        None, description="credentials of registries, as `docker login` and skopeo keep them"
    )
    registry_ca_file: Path | None = Field(
        None, description="certificates of private authorities that registries are trusted by"
    )
    geo_sync_listen: Listen = Field(
        "127.0.0.1:8084", description="address of geo sync's health port"
    )
