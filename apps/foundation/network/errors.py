"""How asking another system can end, besides with an answer."""


class Denied(Exception):
    """The other side says no for good: wrong password, missing right, unknown folder, an address nobody may ask. Its
    message is in the other side's own words where it has any, and is shown to whoever set it up."""


class Throttled(Exception):
    """The other side asks us to wait. `seconds` is what it said, 0 where it named no time."""

    def __init__(self, seconds: float = 0, words: str = "") -> None:
        super().__init__(words)
        self.seconds = seconds


class Unavailable(Exception):
    """The other side did not answer as it should: a passing fault."""
