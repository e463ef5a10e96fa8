"""What a tracking event is called, by who records it and by who sends it on."""

from typing import Final

CATEGORY: Final = "container_registry:notification"
