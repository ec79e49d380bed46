"""How alike two customers are, field by field, with what each agreement counts for: drawn with attributes, as SVG."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import Words
from apps.customers.attributes.precedence import Heard
from apps.customers.attributes.traits import BIRTH_PLACE, OCCUPATION, OFFICIAL
from apps.customers.identity.conflicts import Contradiction
from apps.customers.models import Customer
from apps.desktop.customer.profile import IdentifierLine
from apps.foundation.charts import diverging

Features = Mapping[str, Mapping[str, Any]]  # `MatchCandidate.features`

ROWS: list[tuple[Words, tuple[str, ...]]] = [  # what a row is called, and the features in it
    (_("Name"), ("name", "given", "family")),
    (_("Date of birth"), ("born",)),
    (_("Address"), ("address", "street", "postcode", "city", "region")),
    (_("Phone"), ("phones", "phone")),
    (_("E-mail"), ("emails", "email")),
    (_("Numbers and cards"), ("numbers", "loyalty", "account", "user_id", "card")),
    (_("Tax and identity numbers"), ("official",)),
    (_("Occupation"), ("occupation",)),
    (_("Place of birth"), ("birth_place",)),
    (_("Household"), ("household",)),
]
TOLD = (OFFICIAL, OCCUPATION, BIRTH_PLACE)  # traits in the rows that are no columns, in their order
SELDOM = {"official", "occupation", "birth_place"}  # features of a row that is left out where nobody tells of it
CONTRADICTED = {  # the feature that a contradiction is about
    Contradiction.OFFICIAL: "official",
    Contradiction.BIRTH: "born",
    Contradiction.HOUSEHOLD: "given",
    Contradiction.NAME: "given",
}
AGAINST: dict[Contradiction, Words] = {
    Contradiction.OFFICIAL: _("different tax or identity numbers"),
    Contradiction.BIRTH: _("different dates of birth"),
    Contradiction.HOUSEHOLD: _("different first names at one address"),
    Contradiction.NAME: _("different first names"),
}
PARTS: dict[str, Words] = {"given": _("first name"), "family": _("family name")}
LEVELS: dict[str, tuple[str, Words]] = {  # tone and words; a level that is not here is near
    "same": ("same", _("the same")),
    "close": ("near", _("nearly the same")),
    "swapped": ("near", _("first and family name swapped")),
    "turned": ("near", _("day and month swapped")),
    "nickname": ("near", _("a short form of the other")),
    "part": ("near", _("partly the same")),
    "street": ("near", _("the same street")),
    "postcode": ("near", _("the same postcode")),
    "city": ("near", _("the same town")),
    "near": ("near", _("nearly the same postcode")),
    "differs": ("differs", _("different")),
    "likely": ("differs", _("people who live together agree like this too")),
    "unknown": ("unknown", _("missing on one side")),
}
GRAVITY = ("differs", "near", "same", "unknown")  # what a row of several features is: the first that occurs
ICONS = {"same": "check", "near": "circle-dashed", "differs": "x", "unknown": "circle-help"}
NUMBERS = ("id-card", "landmark", "user", "credit-card")  # icons of identifiers that are numbers
VALUES = 3  # of a kind shown
FULL, LEAST = 12.0, 0.3  # bits: a bar as long as it gets, and what is as good as nothing
HALF = 48  # user units from the middle of a bar to its end


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One thing compared: what each is said to be, how alike that is, and how much it counts. The bar goes from the
    middle to the right for, to the left against; numbers as text, whatever the locale. `conflict`: the two contradict
    each other in it."""

    label: str
    mine: str
    theirs: str
    tone: str
    icon: str
    words: str
    counts: str
    bar_x: str
    bar_width: str
    conflict: bool


def rows(
    features: Features, mine: Sequence[str], theirs: Sequence[str], against: Collection[Contradiction] = ()
) -> list[ComparedField]:
    """The things that were compared, first those that contradict; `mine` and `theirs` are `values` of the two."""
    contradicted = {CONTRADICTED[one] for one in against}
    found = [
        _row(
            str(label),
            mine[place],
            theirs[place],
            {key: features[key] for key in keys if key in features},
            conflict=not contradicted.isdisjoint(keys),
        )
        for place, (label, keys) in enumerate(ROWS)
        if any(key in features for key in keys) and (mine[place] or theirs[place] or not _is_untold(features, keys))
    ]
    return sorted(found, key=lambda row: not row.conflict)


def conflict_words(against: Iterable[Contradiction]) -> str:
    return ", ".join(str(AGAINST[one]) for one in against)


def values(
    customer: Customer,
    identifiers: Sequence[IdentifierLine],
    shared: Container[str],
    profiles: Sequence[Heard],
    hidden: Container[str],
) -> list[str]:
    """What is known of a customer, in the order of `ROWS`; of several identifiers, the `shared` values first.
    Attributes that are `hidden` from the reader's role are left out."""
    known: dict[str, list[str]] = {}
    for line in sorted(identifiers, key=lambda line: line.value not in shared):
        known.setdefault(line.icon, []).append(line.shown.replace(" ", "\u00a0"))
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    numbers = [shown for icon in NUMBERS for shown in known.get(icon, [])]
    return [
        customer.name,
        date_format(customer.born, "DATE_FORMAT") if customer.born else "",
        ", ".join(part for part in (customer.street, place, customer.region) if part),
        ", ".join(known.get("phone", [])[:VALUES]),
        ", ".join(known.get("mail", [])[:VALUES]),
        ", ".join(numbers[:VALUES]),
        *(_told(profiles, keys, hidden) for keys in TOLD),
        "",
    ]


def _told(profiles: Sequence[Heard], keys: Iterable[str], hidden: Container[str]) -> str:
    said = [str(one.traits[key]) for one in profiles for key in keys if key not in hidden and one.traits.get(key)]
    return ", ".join([*dict.fromkeys(said)][:VALUES])


def reasons(features: Features) -> str:
    """The three things that speak most for it."""
    weights = [(weight_of(features, keys), label) for label, keys in ROWS]
    best = sorted((one for one in weights if one[0] >= 1), key=lambda one: -one[0])[:3]
    return ", ".join(str(label) for _bits, label in best)


def weight_of(features: Features, keys: Iterable[str]) -> float:
    """Bits for (or, below nothing, against) the two being one."""
    return fsum(float(features[key].get("weight") or 0) for key in keys if key in features)


def _is_untold(features: Features, keys: Iterable[str]) -> bool:
    """Whether it is one of the things that few sources tell, and none did."""
    return all(key in SELDOM and features.get(key, {}).get("level", "unknown") == "unknown" for key in keys)


def _row(label: str, mine: str, theirs: str, features: Features, *, conflict: bool) -> ComparedField:
    levels = {key: str(one.get("level", "unknown")) for key, one in features.items()}
    tones = {LEVELS.get(level, LEVELS["close"])[0] for level in levels.values()}
    tone = "differs" if conflict else next(one for one in GRAVITY if one in tones)
    bits = weight_of(features, features)
    bar = diverging(bits, FULL, HALF)
    return ComparedField(
        label=label,
        mine=mine,
        theirs=theirs,
        tone=tone,
        icon="triangle-alert" if conflict else ICONS[tone],
        words=_words(levels),
        counts=_counts(bits),
        bar_x=bar.x,
        bar_width=bar.width,
        conflict=conflict,
    )


def _words(levels: Mapping[str, str]) -> str:
    """“first name: the same, family name: different”, or once where all are alike."""
    said = {key: str(LEVELS.get(level, LEVELS["close"])[1]) for key, level in levels.items()}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return ", ".join(f"{PARTS[key]}: {words}" if key in PARTS else words for key, words in said.items())


def _counts(bits: float) -> str:
    if abs(bits) < LEAST:
        return gettext("counts for nothing")
    if bits > 0:
        return gettext("speaks strongly for it") if bits >= FULL / 2 else gettext("speaks for it")
    return gettext("speaks strongly against it") if bits <= -FULL / 2 else gettext("speaks against it")
