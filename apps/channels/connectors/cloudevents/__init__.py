"""Any service that speaks CloudEvents 1.0 (or 0.3) over HTTP: one event in binary or structured mode, or a batch.

Formats: "CloudEvents - Version 1.0.2", its "HTTP Protocol Binding", "JSON Event Format" and "HTTP 1.1 Web Hooks for
Event Delivery". docs/connectors/cloudevents.md has what is read without a mapping, and how a mapping goes further.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.cloudevents import handshake, wire
from apps.channels.connectors.cloudevents.normalise import normalise
from apps.channels.contract import About, Push, PushReply, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.http.signatures import bears_key, require, standard_webhook
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.tracking.form import CurrencyForm
from apps.interactions.drafts import Draft
from apps.interactions.models import Channel


class CloudEventsForm(CurrencyForm):
    types = forms.CharField(
        label=_("Types"),
        max_length=1000,
        required=False,
        help_text=_(
            "Only events whose type begins with one of these are kept, separated by commas, such as com.example.order. "
            "Leave it empty to keep all."
        ),
    )
    channel = forms.ChoiceField(
        label=_("Touch point"),
        choices=[("", _("Find out by the type")), *Channel.choices],
        required=False,
        help_text=_("Where the events happen."),
    )
    rate = forms.IntegerField(
        label=_("Requests a minute"),
        min_value=1,
        required=False,
        help_text=_("Senders that ask are told this limit, and each web process refuses what exceeds it."),
    )
    field_order = ("types", "channel", "currency", "rate")


class CloudEvents:
    """`PushConnector` for the HTTP protocol binding."""

    about = About(
        name=_("Any service (CloudEvents)"),
        summary=_("Events of any system that speaks the CloudEvents standard, one at a time or in batches."),
        group="data",
        icon="layers",
        signed=True,
        secret_words=_("Bearer token, or signing secret where the sender can sign."),
        steps=(
            _("Let the service deliver its events to {address}"),
            _("Give it the key as bearer token, as the query parameter access_token, or to sign with as the Standard "
              "Webhooks specification says."),
            _("Without a mapping, usual names such as email, customer_id, amount and currency are understood."),
        ),
        settings_form=CloudEventsForm,
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        is_signed = "webhook-signature" in push.headers
        token = push.query.get("access_token", "")
        require(standard_webhook(push, source.secrets) if is_signed else bears_key(push, source, token))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        handshake.count(source, push.at)
        return wire.split(push, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        if source.settings.get("mapping"):
            return mapping.normalise(event, source)
        return normalise(event, source)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        return handshake.reply(push, source)
