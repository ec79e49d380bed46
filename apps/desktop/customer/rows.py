"""What is read of one customer beside their story."""

from dataclasses import dataclass
from datetime import datetime

from apps.contact.models import Consent, Delivery, Preference, Suppression
from apps.customers.attributes.precedence import Heard
from apps.customers.models import Evidence, MatchCandidate
from apps.desktop.models import OpenTab
from apps.insights.models import PropensityScore
from apps.interactions.models import FollowUp, Interaction, Pin
from apps.moments.models import Moment


@dataclass(frozen=True, slots=True)
class CustomerRows:
    """Rows as they are read; what is said of them is made by the panels. `own_words` is the latest entry with the
    customer's words, `contacts` and `trades` the newest contacts and what was told last of orders, `shared` what others
    are known by as well. `promised` was promised lately, `promises` and `open_promises` are still to be kept (the
    former as far as the reader may know of it)."""

    profiles: list[Heard]
    evidence: list[Evidence]
    scores: list[PropensityScore]
    promises: list[FollowUp]
    open_promises: list[tuple[str, datetime]]
    promised: list[FollowUp]
    own_words: list[Interaction]
    contacts: list[Interaction]
    trades: list[Interaction]
    shared: list[tuple[str, str, list[dict[str, str]]]]
    candidates: list[MatchCandidate]
    preferences: list[Preference]
    consents: list[Consent]
    stops: list[Suppression]
    deliveries: list[Delivery]
    campaigns: list[Interaction]
    moments: list[Moment]
    pins: list[Pin]
    tabs: list[OpenTab]
    colleagues: list[OpenTab]
