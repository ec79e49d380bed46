"""What people say and write in the demo, with gaps for the product, the order, the place: `{product}`, `{part}`,
`{order}`, `{courier}`, `{store}`, `{city}`, `{first}`, `{agent}`, `{slot}`, `{day}`, `{amount}`, `{other}`."""

from typing import NamedTuple


class Topic(NamedTuple):
    """A reason to get in touch: how staff sum it up, in which ways it goes, and in the customer's own words."""

    title: str
    opening: tuple[str, ...]
    course: tuple[str, ...]
    disposition: str
    sentiment: str = "neutral"
    verbatims: tuple[str, ...] = ()
    promise: str = ""


class Exchange(NamedTuple):
    """A letter by e-mail and what comes back."""

    subject: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    thanked: tuple[str, ...] = ()
    sentiment: str = "neutral"
    languages: tuple[str, ...] = ("en",)
