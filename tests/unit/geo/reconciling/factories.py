"""What tests compare."""

from datetime import UTC, datetime, timedelta

from geo.reconciling.tags import Recorded
from geo.registry.descriptor import Descriptor

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ONE, TWO = (f"sha256:{digit * 64}" for digit in "12")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def there(digest: str = ONE) -> Descriptor:
    return Descriptor(MANIFEST, digest, 500)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def pushed(digest: str | None = ONE, event_id: str = "event-1") -> Recorded:
    return Recorded(is_there=True, digest=digest, occurred_at=NOON, event_id=event_id)


def deleted(event_id: str = "event-2") -> Recorded:
    return Recorded(is_there=False, digest=None, occurred_at=NOON, event_id=event_id)
