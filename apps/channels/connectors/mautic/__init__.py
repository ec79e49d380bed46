"""What Mautic sends and hears back: campaign e-mails, opens, clicks, page visits, and who unsubscribed.

Formats: Mautic's developer documentation, "Webhooks" (Getting started; Webhook events and payloads), and where that and
Mautic differ, the listeners that write them (`EmailBundle`, `LeadBundle` and `PageBundle`, `EventListener`).
docs/connectors/mautic.md tells what becomes of each event.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.mautic import wire
from apps.channels.connectors.mautic.normalise import normalise, who
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.people import names_somebody
from apps.interactions.drafts import Draft


class MauticForm(forms.Form):
    key_field = forms.SlugField(
        label=_("Field with our key"),
        required=False,
        max_length=60,
        help_text=_(
            "The alias of the contact field that the webhook to Mautic fills, such as klatsch_key. With it an e-mail "
            "for a moment counts as the contact that was noted when the moment was handed over."
        ),
    )
    for_moments = forms.RegexField(
        label=_("E-mails for moments"),
        regex=r"^\s*\d+(\s*,\s*\d+)*\s*$",
        required=False,
        max_length=300,
        help_text=_("The ids in Mautic of e-mails that answer moments, such as 12, 15. Others count by themselves."),
    )


class Mautic(Pushed):
    """`PushConnector` for Mautic's webhooks."""

    about = About(
        name=_("Mautic"),
        summary=_("Campaign e-mails with opens and clicks, page visits of known contacts, and who unsubscribed."),
        group="mail",
        icon="megaphone",
        secret=Secret.THEIRS,
        secret_words=_("The secret of the webhook, as Mautic shows it."),
        steps=(
            _("In Mautic, open Webhooks and add one with the address {address}"),
            _(
                "Choose the events E-mail send, E-mail open, Page hit, Contact updated, Contact identified and Contact "
                "channel subscription change; others are ignored."
            ),
            _("Copy the secret to here."),
        ),
        settings_form=MauticForm,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return [event for event in wire.raw_events(push) if names_somebody(who, event.content, source)]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
