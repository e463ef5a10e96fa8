"""Logs: one line a transition, named `noun.verbed`, never a token, never a raw body."""

import logging
import sys
from typing import cast

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, WrappedLogger

from shared import credentials
from shared.text import printable


def get_logger() -> BoundLogger:
    return cast("BoundLogger", structlog.get_logger())


def configure(*, level: str, log_format: str, service: str) -> None:
    """Write this process's logs, and its libraries' warnings, to standard error.

    `log_format`: json, console, or auto (console on a terminal).
    """
    as_console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.dev.ConsoleRenderer() if as_console else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _name_library],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _escape,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for library in ("aiormq", "aio_pika"):
        # What they would say of a broker that is away, our own lines say once.
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp.server").addFilter(_without_request)
    structlog.contextvars.bind_contextvars(service=service)


def _without_request(record: logging.LogRecord) -> bool:
    """What is no HTTP is quoted by the error: a line of it, which may be a URL with a secret."""
    kind = record.exc_info[0] if record.exc_info else None
    if kind and kind.__module__ == "aiohttp.http_exceptions":
        record.exc_info = None
        record.msg = f"{record.msg}: it is not HTTP ({kind.__name__})"
    return True


def _name_library(logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    record = entry.get("_record")
    return {**entry, "logger": record.name if record else str(logger)}


def _escape(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    return {
        key: _told(key, value) if isinstance(value, str) else value for key, value in entry.items()
    }


def _told(key: str, text: str) -> str:
    """Whatever an error quotes, without credentials; a traceback keeps its lines."""
    shown = credentials.masked(text)
    return shown if key == "exception" else printable(shown)
