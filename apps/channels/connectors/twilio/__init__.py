"""Twilio: how calls ended, and messages over SMS, WhatsApp, Messenger and RCS.

Formats: "TwiML Voice: Twilio's request", "Messaging webhooks", "Track the status of outbound messages" and "Webhooks
security" of Twilio's documentation.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.twilio import signature, wire
from apps.channels.connectors.twilio.fields import KNOWN
from apps.channels.connectors.twilio.normalise import normalise
from apps.channels.contract import About, Push, Pushed, PushReply, RawEvent, Refused, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.calls import NumbersForm
from apps.interactions.drafts import Draft


class TwilioForm(NumbersForm):
    public_url = forms.URLField(
        label=_("Outer address"),
        required=False,
        assume_scheme="https",
        help_text=_("Where Twilio calls you, such as https://klatsch.example.com, if that is not the name used here."),
    )


class Twilio(Pushed):
    """`PushConnector` for webhooks and status callbacks."""

    about = About(
        name=_("Twilio"),
        summary=_("How calls ended, with their recordings, and messages over SMS and WhatsApp."),
        group="calls",
        icon="phone",
        secret=Secret.THEIRS,
        secret_words=_("The auth token of the Twilio account."),
        steps=(
            _("For calls, set “Call status changes” of each number (or the StatusCallback of your calls) to {address}"),
            _("For messages, set “A message comes in” and the status callback of the messaging service to {address}"),
            _("Leave “A call comes in” as it is: it decides what the caller hears."),
        ),
        settings_form=TwilioForm,
        known=KNOWN,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        signature.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        """TwiML that does nothing: whatever else we answered, Twilio would try to carry out."""
        if push.method != "POST":
            raise Refused(405, "method_not_allowed", "Events are posted.")
        return PushReply(body="<Response/>", content_type="text/xml")
