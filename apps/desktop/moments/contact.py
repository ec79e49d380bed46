"""How the customer of a moment may be reached: for service and for marketing side by side, at which addresses, and
where they wrote themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from apps.accounts.models import User
from apps.contact.models import Consent, Purpose
from apps.contact.permission import ADDRESSED_BY, Answer, Code, side_by_side
from apps.customers.models import IdentifierType
from apps.desktop.customer.entries import LINKS
from apps.desktop.customer.profile import IdentifierLine, evidence, identifier_lines
from apps.interactions.models import Channel, Interaction
from apps.moments.models import Moment

POSTS = 3  # entries whose links are shown
SCHEMES = {Consent.Channel.EMAIL: "mailto", Consent.Channel.SMS: "sms", Consent.Channel.VOICE: "tel"}
CONSENTS = {  # what the customer said themselves
    Code.DENIED: Consent.Status.DENIED.label,
    Code.WITHDRAWN: Consent.Status.WITHDRAWN.label,
    Code.NOT_ASKED: gettext_lazy("No consent recorded"),
}
KINDS = {
    channel: [str(IdentifierType(kind).label) for kind in ADDRESSED_BY[channel]] for channel in Consent.Channel.values
}


@dataclass(frozen=True, slots=True)
class PurposePermission:
    """Whether they may be contacted for one purpose over one channel, in a word or two; and whatever else stands
    against it."""

    tone: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is reached: what is shown, the link that leads there, and whether it is proved to be theirs."""

    shown: str
    link: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ChannelPermission:
    """One channel: the permission by purpose, in the order of the columns, and of the moment's own purpose; and the
    addresses, where this reader may use it now."""

    channel: str
    label: str
    tone: str
    purposes: list[PurposePermission]
    addresses: list[Address]


@dataclass(frozen=True, slots=True)
class Post:
    """Where the customer wrote what the moment grew from."""

    link: str
    label: str
    title: str


def columns(moment: Moment) -> list[str]:
    """The purposes that are shown: service and marketing always, and the moment's own."""
    return list(dict.fromkeys([Purpose.SERVICE, Purpose.MARKETING, moment.purpose]))


def permitted(moment: Moment, *, reaches: bool) -> list[ChannelPermission]:
    """Channel by channel; with addresses for whoever `reaches` out to them. A query for each purpose, and one for the
    addresses."""
    customer, purposes = moment.profile.customer, columns(moment)
    given = side_by_side(customer.pk, list(Consent.Channel.values), purposes)
    known = identifier_lines(evidence(customer)) if reaches else []
    return [_permitted(channel, {name: given[name][channel] for name in purposes}, moment, known) for channel in KINDS]


def _permitted(
    channel: str, given: Mapping[str, Answer], moment: Moment, known: list[IdentifierLine]
) -> ChannelPermission:
    own = _purpose(given[moment.purpose])
    return ChannelPermission(
        channel,
        str(Consent.Channel(channel).label),
        own.tone,
        [_purpose(answer) for answer in given.values()],
        [_address(channel, line) for line in known if line.label in KINDS[channel]] if own.tone == "in" else [],
    )


def _purpose(answer: Answer) -> PurposePermission:
    if answer.allowed:
        return PurposePermission("in", gettext("Allowed now"), "")
    said = next((CONSENTS[reason.code] for reason in answer.reasons if reason.code in CONSENTS), None)
    more = " ".join(reason.words for reason in answer.reasons if reason.code not in CONSENTS)
    if answer.lasting:
        return PurposePermission("out", str(said or gettext("Not allowed")), more)
    return PurposePermission("later", gettext("Later"), more)


def _address(channel: str, line: IdentifierLine) -> Address:
    scheme = SCHEMES.get(Consent.Channel(channel))
    return Address(line.shown, f"{scheme}:{line.value}" if scheme else "", line.verified)


def posts(user: User, moment: Moment) -> list[Post]:
    """Where it can be answered in place: the entries it grew from that have a link and that this reader may read. One
    query."""
    rows = Interaction.objects.visible_to(user).filter(moments=moment).exclude(link="").newest_first()
    return [_post(row) for row in rows.only("channel", "title", "link")[:POSTS]]


def _post(row: Interaction) -> Post:
    return Post(row.link, str(LINKS.get(Channel(row.channel), gettext("Open where it happened"))), row.title)
