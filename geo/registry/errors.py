"""What a registry did not do, each in one sentence for an operator that holds no credential."""


class RegistryError(Exception):
    """`temporary`: it may go well later; `after` are the seconds that the registry asks for."""

    def __init__(self, why: str, *, temporary: bool = False, after: float | None = None) -> None:
        super().__init__(why)
        self.temporary = temporary
        self.after = after


class NotFoundError(RegistryError):
    """The registry itself says that it has no such repository, manifest or blob."""


class DigestError(RegistryError):
    """Bytes are not those of their digest."""


class UnsupportedError(RegistryError):
    """The registry does not do this at all, or is set up not to."""
