"""What is wrong with something that was sent, in words of ours."""


class BadInputError(ValueError):
    """`cause` is what all faults of the kind have in common; the text may hold the sender's own.

    Both are safe to print.
    """

    def __init__(self, text: str, *, cause: str = "") -> None:
        super().__init__(text)
        self.cause = cause or text
