"""Words of customers of known themes, made from parts: the same each time."""

from random import Random

PARTS = {
    "courier": (
        ("The courier", "Your courier", "That courier of yours"),
        ("left the parcel on the doorstep", "threw the parcel over the fence", "rang at the wrong door with my parcel"),
        ("and it rained.", "again.", "and nobody told me.", "while I was at home."),
    ),
    "manual": (
        ("The manual", "The booklet with the manual", "Half of the manual"),
        ("is in print too small to read", "has pictures too small to read", "is too small for anyone to read"),
        ("without my glasses.", "at my age.", "so I gave up.", "even by daylight."),
    ),
    "music": (
        ("I waited on the line", "I hung on the line", "They kept me on the line"),
        ("for forty minutes of pan flute music", "with the waiting music", "with music until it was cut off"),
        ("this morning.", "twice.", "for nothing.", "before anybody spoke."),
    ),
}
NOTHING_IN_PARTICULAR = """
    bread window sunday grandmother river ladder violin snow candle bridge pepper harbour curtain sparrow ticket chimney
    marble garden pencil lantern orchard kettle saddle thunder velvet walnut anchor basket copper dolphin
"""
ANYTHING = NOTHING_IN_PARTICULAR.split()


def saying(each):
    """(theme, words): `each` of every theme, and as many of none (theme None), mixed."""
    rng = Random(1683)
    said = [
        (theme, " ".join(rng.choice(part) for part in parts)) for theme, parts in PARTS.items() for _ in range(each)
    ]
    said += [(None, " ".join(rng.sample(ANYTHING, 5))) for _ in range(each)]
    rng.shuffle(said)
    return said
