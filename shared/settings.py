"""Every setting of every process: its name, its default, what it is for."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.console_settings import ConsoleSettings
from shared.forward_settings import ForwardSettings
from shared.geo_settings import GeoSettings
from shared.ingest_tls_settings import IngestTlsSettings
from shared.message_size import LARGEST_MESSAGE
from shared.registry_settings import RegistrySettings
from shared.setting_types import Age, AmqpUrl, DatabaseUrl, Kept, Listen, Seconds, Tokens
from shared.source_list import Sources
from shared.telemetry_settings import TelemetrySettings

PREFIX = "REGISTRY_EVENTS_"


class CatalogueMode(StrEnum):
    """Who owns the rows of `container_repositories`."""

    REGISTER = "register"
    LOOKUP = "lookup"


class ServiceSettings(BaseSettings):
    """One field a setting; its description is its line in the README and in `config show`.

    Durations are seconds, sizes are bytes. Addresses are HOST:PORT in one variable because
    Kubernetes sets `<SERVICE>_PORT=tcp://...` for a service of that name.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    amqp_url: AmqpUrl | None = Field(
        None,
        validation_alias="AMQP_URL",
        description="RabbitMQ, with its virtual host; several nodes are separated by commas",
    )
    database_url: DatabaseUrl | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL (worker, migrate, forward); of several hosts, separated by commas, "
        "the first that takes writes",
    )
    tokens: Tokens = Field(
        (), description="accepted tokens, separated by commas or newlines; several while rotating"
    )
    insecure_no_auth: bool = Field(
        False, description="ingest accepts notifications without a token"
    )
    shards: int = Field(
        1,
        gt=0,
        le=32,
        description="queues that repositories are spread over; after a change run "
        "`registry-events shards`",
    )
    sources: Sources = Field(
        (),
        description="registries that send notifications of other kinds, or have a name, as a JSON "
        "list (see Other registries)",
    )
    ingest_listen: Listen = Field("127.0.0.1:8080", description="address of ingest")
    ingest_processes: int = Field(
        1,
        gt=0,
        le=64,
        description="processes that share its address and work, each within limits of its own",
    )
    ingest_deadline: Seconds = Field(
        0.4, description="until the answer; below the registry's timeout (500 ms in its example)"
    )
    ingest_body_timeout: Seconds = Field(5.0, description="for a sender to deliver its body")
    ingest_max_body_bytes: int = Field(
        4 * 1024 * 1024,
        gt=0,
        le=LARGEST_MESSAGE,
        description="of larger bodies only the beginning is kept, as a dead letter",
    )
    ingest_max_in_flight: int = Field(
        500, gt=0, description="notifications in hand; one more is answered 503"
    )
    ingest_max_bytes_in_flight: int = Field(
        64 * 1024 * 1024, gt=0, description="of bodies in hand; beyond it: 503"
    )
    worker_listen: Listen = Field("127.0.0.1:8081", description="address of a worker's health port")
    worker_processes: int = Field(
        1,
        gt=0,
        le=64,
        description="processes that share its health port and work, each within limits of its own",
    )
    worker_batch_size: int = Field(500, gt=0, le=10_000, description="messages in a transaction")
    worker_batch_wait: Seconds = Field(0.02, description="how long a batch waits to fill up")
    worker_attempts: int = Field(3, gt=0, description="tries before an event is dead-lettered")
    worker_drain_timeout: Seconds = Field(
        25.0, description="after SIGTERM, to finish what is in hand"
    )
    catalogue_mode: CatalogueMode = Field(
        CatalogueMode.REGISTER,
        description="register: events add the rows of unknown repositories; lookup: only read",
    )
    pulls: bool = Field(
        False, description="count pulls too, from a queue of their own (ingest and worker alike)"
    )
    pulls_window: Seconds = Field(
        86_400.0,
        description="for how long a pull that comes again is known, so that it counts once",
    )
    keep: Kept = Field(
        "",
        description="age up to which all that is accepted is kept in a stream, for "
        "`registry-events replay`: 7d or 36h (ingest and console alike); empty: nothing is kept",
    )
    geo_enabled: bool = Field(True, description="false: tracking events only")
    retention_tracking: Age | None = Field(
        None, description="age at which tracking events are dropped, by the month; empty: never"
    )
    retention_geo: Age | None = Field(
        None, description="the same of geo events, but of none that a site has yet to read"
    )
    retention_operations: Age | None = Field(
        None, description="age at which the audit trail of dead letters is deleted; empty: never"
    )
    database_timeout: Seconds = Field(10.0, description="for one statement and for connecting")
    database_statement_cache_size: int = Field(
        100, ge=0, description="0 behind pgbouncer in transaction mode"
    )
    amqp_heartbeat: int = Field(10, gt=0, description="seconds between heartbeats of the broker")


class Settings(
    GeoSettings,
    RegistrySettings,
    ForwardSettings,
    ConsoleSettings,
    IngestTlsSettings,
    TelemetrySettings,
    ServiceSettings,
):
    """All of them; the fields of the base that is named last come first in every table."""
