"""Zendesk: what happens to tickets, by event subscription or by trigger.

Formats: "Webhook event types: ticket events, user events", "Verifying webhook authenticity" and "Placeholders
reference" of Zendesk's documentation.
"""

from collections.abc import Sequence

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.zendesk import wire
from apps.channels.connectors.zendesk.normalise import normalise
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.http.signatures import fresh, require, signed
from apps.foundation.text.dates import instant
from apps.interactions.drafts import Draft


class ZendeskForm(forms.Form):
    subdomain = forms.CharField(
        label=_("Subdomain"),
        required=False,
        max_length=63,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$")],
        help_text=_("The first part of your Zendesk address, as in acme.zendesk.com: for links to tickets."),
    )


class Zendesk(Pushed):
    """`PushConnector` for webhooks."""

    about = About(
        name=_("Zendesk"),
        summary=_("Tickets with what customers wrote, what was answered, how they ended and how they were rated."),
        group="social",
        icon="message-square",
        secret=Secret.THEIRS,
        secret_words=_("The signing secret of the webhook, shown on its page at Zendesk."),
        steps=(
            _("In the Admin Center, under Webhooks, make one for Zendesk events at {address}"),
            _("Subscribe to ticket created, comment added, status changed, CSAT received, user and identity created."),
            _("Without ticket events in your plan, connect it to triggers with the body from the documentation."),
        ),
        settings_form=ZendeskForm,
        known=frozenset(
            {
                "type", "account_id", "id", "time", "zendesk_event_version", "subject", "detail", "event", "scopedId",
                "about", "ticket", "requester", "comment", "satisfaction",
            }
        ),
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        stamp = push.headers["x-zendesk-webhook-signature-timestamp"]
        given = push.headers["x-zendesk-webhook-signature"]
        require(signed(source.secrets, stamp.encode() + push.raw, given, encoding="base64"))
        at = instant(stamp)
        require(at is not None and fresh(at.timestamp(), push.at))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
