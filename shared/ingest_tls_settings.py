"""The settings of TLS at ingest, for registries that no proxy stands before."""

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings


class IngestTlsSettings(BaseSettings):
    """Both of them, or neither."""

    ingest_tls_cert: Path | None = Field(
        None,
        description="ingest's certificate with its chain (PEM): it speaks https alone then; read "
        "again when the file changes",
    )
    ingest_tls_key: Path | None = Field(
        None, validate_default=True, description="the key of that certificate (PEM, not encrypted)"
    )

    @field_validator("ingest_tls_key")
    @classmethod
    def _both_or_neither(cls, key: Path | None, others: ValidationInfo) -> Path | None:
        if (key is None) != (others.data.get("ingest_tls_cert") is None):
            raise ValueError(
                "TLS needs it and REGISTRY_EVENTS_INGEST_TLS_CERT, and only one of them is set"
            )
        return key
