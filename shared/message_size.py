"""How large a message may be, for whoever makes one or says how large a body may be."""

from typing import Final

# Bytes of a message's body. Of a larger one RabbitMQ 4 closes the channel (`max_message_size`), and
# with it goes what else is on its way there.
LARGEST_MESSAGE: Final = 16 * 1024 * 1024
