"""Responses to the forms and surveys of a Typeform account.

Formats: "Webhooks" of Typeform's developer documentation ("Example payload", "Secure your webhooks").
docs/connectors/typeform.md tells what becomes of each answer.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.typeform import wire
from apps.channels.connectors.typeform.normalise import normalise, who
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.people import names_somebody
from apps.channels.toolkit.surveys import ScoresForm
from apps.foundation.text.values import mapping
from apps.interactions.drafts import Draft


class TypeformForm(ScoresForm):
    user_scope = forms.SlugField(
        label=_("Whose customer numbers"),
        required=False,
        max_length=40,
        help_text=_(
            "The short name of the source whose customer ids stand in the hidden field user_id, such as your website. "
            "Left empty, they are ids of their own."
        ),
    )


class Typeform(Pushed):
    """`PushConnector` for webhooks of a form."""

    about = About(
        name=_("Typeform"),
        summary=_("Finished responses: scores, answers and the customer's own words."),
        group="survey",
        icon="clipboard-list",
        secret=Secret.OURS,
        signed=True,
        secret_words=_("What goes into the field “Secret” of the webhook."),
        steps=(
            _("In Typeform, open the form, Connect, Webhooks, and add {address}"),
            _("Edit the webhook and put the secret that is shown when the source is made into the field “Secret”."),
            _("Switch it on, for finished responses."),
            _("Add the hidden fields email and user_id to the form and to the links you send, to know who answers."),
        ),
        settings_form=TypeformForm,
        known=frozenset({"event_id", "event_type", "form_response"}),
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        event = wire.raw_event(push)
        if event is None:
            return []
        response = mapping(event.content.get("form_response"))
        anonymous = bool(response) and not names_somebody(who, response, source)
        return [] if anonymous else [event]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
