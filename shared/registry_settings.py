"""The settings of whatever speaks to registries itself."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class RegistrySettings(BaseSettings):
    """The part of `Settings` that the client of registries needs; which ones, options say."""

    registry_auth_file: Path | None = Field(
        None,
        description="logins for registries, a file as docker, podman and skopeo keep it "
        "(`auths` of config.json)",
    )
    registry_ca_file: Path | None = Field(
        None,
        description="authorities (PEM) whose certificates of registries are believed beside the "
        "system's",
    )
