"""What a request of a registry would become: nothing is sent, asked or written."""
