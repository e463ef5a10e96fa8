"""What the log of a service has beside that of a command: its retries; of what is no HTTP, nothing.

Apart from `shared.logs`, so that a command does not wait until HTTP is imported.
"""

import logging

import stamina
from aiohttp.http_exceptions import HttpProcessingError
from stamina.instrumentation import RetryDetails

from shared import faults, logs


def configure(*, level: str, log_format: str, service: str) -> None:
    """As `shared.logs.configure`."""
    logs.configure(level=level, log_format=log_format, service=service)
    logging.getLogger("aiohttp.server").addFilter(_is_not_a_bad_request)
    stamina.instrumentation.set_on_retry_hooks([_log_retry])


def _log_retry(details: RetryDetails) -> None:
    logs.get_logger().warning(
        "retry.scheduled",
        error=faults.in_words(details.caused_by),
        attempt=details.retry_num,
        wait=round(details.wait_for, 3),
    )


def _is_not_a_bad_request(record: logging.LogRecord) -> bool:
    """What is no HTTP gets its 400; a traceback of each would let anybody fill the disk."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
