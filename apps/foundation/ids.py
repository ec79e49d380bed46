"""What an id looks like, and which fields hold one, whatever the system calls them. Pure functions.

Ids are long and random: sooner or later the digits of one pass for a card number. What they look like (UUIDs, digests)
is known wherever they stand; of plain numbers only the name of their field tells.
"""

import re
from functools import lru_cache

# UUIDs (RFC 9562, with dashes), and what is written in hexadecimal with the length of a digest or an object's id:
# MongoDB's, MD5, SHA-1, -224, -256, -384, -512; two capitals before it are how Twilio says of what. At least one letter
# is among the digits: what has none is a number.
ID_SHAPES = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?:[A-Z]{2})?(?=[0-9]{0,127}[a-fA-F])"
    r"(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{96}|[0-9a-fA-F]{64}|[0-9a-fA-F]{56}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}|[0-9a-fA-F]{24})"
    r")(?![0-9A-Za-z])"
)
# The last word of a name that holds an id, and what may stand before `number` where it does.
IDS = "id ids uid uids uuid uuids guid guids ulid ulids sid oid pk psid asid igsid bsuid"
DIGESTS = "md5 sha1 sha256 digest etag checksum gclid fbclid msclkid"
NUMBERS = "number no nr num nummer numero code ref reference key"
SUBJECTS = """
    account ad agent anonymous app booking buyer call campaign case chat client cohort comment company contact
    conversation customer device distinct employee entity event external guest group household install installation
    invoice item kunde kunden kundin lead member merchant message object order organization organisation page parent
    participant party patient person post product profile receipt record request row rudder sender recipient seller
    session shop source span store subscriber tenant thread ticket trace transaction user visitor
"""
ID_WORDS, NUMBER_WORDS = frozenset(f"{IDS} {DIGESTS}".split()), frozenset(NUMBERS.split())
THINGS = frozenset(SUBJECTS.split())
# Numbers of accounts are what cards have too: what is called an account's number is looked at.
NUMBERED = THINGS - {"account"}
WHOLE_NAMES = frozenset({"user", "customer", "member", "visitor", "contact", "uid", "client", "distinct"})
# A field that speaks of a card holds a card's number, whatever else it says; of a shop's own card it is an id.
CARD_WORDS = frozenset({"cc", "ccn", "pan", "credit", "debit"})
OWNERS = "loyalty loyaltycard member membership customer club bonus reward rewards gift library"
OWN_CARDS = frozenset(OWNERS.split())
PRINTED = re.compile(r"[0-9]{4}(?:[^0-9A-Za-z][0-9]{4}){3}|[0-9]{4}[^0-9A-Za-z][0-9]{6}[^0-9A-Za-z][0-9]{5}")
LONGEST = 500  # characters of what is taken for an id


def is_id(key: str, text: str) -> bool:
    """Whether the field is called like one of ids, and this may be one: one word, not grouped as cards print theirs."""
    return len(text) <= LONGEST and holds_ids(key) and not re.search(r"\s", text) and not PRINTED.fullmatch(text)


@lru_cache(maxsize=4096)
def holds_ids(key: str) -> bool:
    """Whether the name of a field says that it holds ids: `userId`, `customer_id`, `CustomerNo`, `$device_id`."""
    words = _words(key[:200])
    if not words or names_card(key):
        return False
    *before, last = words
    if last in ID_WORDS or (not before and last in WHOLE_NAMES):
        return True
    if last in NUMBER_WORDS:
        return bool(NUMBERED.intersection(before))
    return any(
        last.removesuffix(ending) in things
        for endings, things in ((ID_WORDS, THINGS), (NUMBER_WORDS, NUMBERED))
        for ending in endings
        if last.endswith(ending)
    )


@lru_cache(maxsize=4096)
def names_card(key: str) -> bool:
    """Whether the name of a field speaks of a card."""
    words = _words(key[:200])
    speaks = any(word in CARD_WORDS or re.search(r"card(?!ina)", word) for word in words)
    return speaks and OWN_CARDS.isdisjoint(words)


def _words(key: str) -> tuple[str, ...]:
    """`anonymousId`, `anonymous_id` and `Anonymous ID` are (anonymous, id)."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", key)
    return tuple(re.findall(r"[a-z0-9]+", split.lower()))
