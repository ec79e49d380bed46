"""What a customer sees on their own page: what they agreed to, by channel, and a masked address of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.contact.models import Consent, Purpose
from apps.customers.models import Evidence, SourceProfile
from apps.foundation.redaction import hinted

OFFERED = (Purpose.MARKETING, Purpose.SURVEY)
ADDRESSED_BY = {"email": "email", "sms": "phone", "voice": "phone"}


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """One box to tick. `name` is the form field's; `status` is what holds, empty where nobody has asked."""

    name: str
    purpose: str
    label: str
    status: str

    @property
    def agreed(self) -> bool:
        return self.status == Consent.Status.GRANTED


@dataclass(frozen=True, slots=True)
class ChannelChoices:
    label: str
    address: str
    choices: list[ConsentChoice]


def contact_choices(profile: SourceProfile) -> list[ChannelChoices]:
    """Two queries."""
    held = statuses(profile)
    addresses = _addresses(profile)
    others = {purpose for _channel, purpose in held} - {*OFFERED, Purpose.SERVICE}
    purposes: Sequence[str] = [*OFFERED, *sorted(others)]
    return [
        ChannelChoices(
            str(Consent.Channel(channel).label),
            addresses.get(ADDRESSED_BY.get(channel, ""), ""),
            [
                ConsentChoice(
                    f"{channel}:{purpose}", purpose, Purpose.label_of(purpose), held.get((channel, purpose), "")
                )
                for purpose in purposes
            ],
        )
        for channel in Consent.Channel.values
    ]


def statuses(profile: SourceProfile) -> dict[tuple[str, str], str]:
    """What holds, by channel and purpose, of all this customer said anywhere."""
    lines = Consent.objects.filter(profile__customer=profile.customer_id).current()
    return {(line.channel, line.purpose): line.status for line in lines.only("channel", "purpose", "status")}


def _addresses(profile: SourceProfile) -> dict[str, str]:
    known = Evidence.objects.filter(
        profile__customer=profile.customer_id, active=True, identifier__type__in={*ADDRESSED_BY.values()}
    ).order_by("identifier__type", "-verified", "-last_seen")
    values = known.distinct("identifier__type").values_list("identifier__type", "identifier__value")
    return {kind: hinted(kind, value) for kind, value in values}
