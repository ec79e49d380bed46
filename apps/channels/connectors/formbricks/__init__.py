"""Responses to surveys of Formbricks, its cloud or one's own server.

Formats: "Webhooks" of Formbricks' documentation, and the Standard Webhooks specification for the signature.
docs/connectors/formbricks.md tells what becomes of each answer.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.formbricks import wire
from apps.channels.connectors.formbricks.normalise import normalise, who
from apps.channels.contract import About, Push, Pushed, RawEvent, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.people import names_somebody
from apps.channels.toolkit.surveys import ScoresForm
from apps.foundation.text.values import mapping
from apps.interactions.drafts import Draft


class FormbricksForm(ScoresForm):
    questions = forms.CharField(
        label=_("Words of the questions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, such as “delivery = How was the delivery?”: Formbricks sends ids of questions only."),
    )
    user_scope = forms.SlugField(
        label=_("Whose customer numbers"),
        required=False,
        max_length=40,
        help_text=_(
            "The short name of the source whose customer ids Formbricks is given as userId, such as your website. "
            "Left empty, they are ids of their own."
        ),
    )


class Formbricks(Pushed):
    """`PushConnector` for webhooks of a project."""

    about = About(
        name=_("Formbricks"),
        summary=_("Finished survey responses: scores, answers and the customer's own words."),
        group="survey",
        icon="clipboard-list",
        secret=Secret.THEIRS,
        secret_words=_("The signing secret of the webhook. It begins with whsec_ and is shown once."),
        steps=(
            _("In Formbricks, open Integrations, Webhooks, and add one with the address {address}"),
            _("Choose the trigger Response Finished; others are ignored."),
            _("Copy the signing secret to here."),
        ),
        settings_form=FormbricksForm,
        known=frozenset({"data", "event", "survey", "webhookId"}),
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        wire.verify(push, source)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        event = wire.raw_event(push)
        if event is None:
            return []
        response = mapping(event.content["data"])
        anonymous = bool(response) and not names_somebody(who, response, source)
        return [] if anonymous else [event]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
