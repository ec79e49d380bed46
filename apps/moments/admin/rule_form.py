"""The form in which a supervisor says what is watched for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.interactions.models import Channel, Disposition
from apps.interactions.search import says_a_word
from apps.moments.kinds import kind_of, kinds
from apps.moments.models import MomentRule, Tag
from apps.moments.models.rule import SETTINGS

LISTED = ("kinds", "tiers", "preceded_by", "unless_kinds")  # words with commas
# One of these narrows down what happens; what is said of the customer alone would fit all that they ever do.
NARROWING = (
    "channels", "kinds", "direction", "sentiment", "dispositions", "words", "least_amount", "touchpoint", "spoken",
    "preceded_by",
)  # fmt: skip
CODES = 100  # wrap-up codes to choose from


class RuleForm(forms.ModelForm[MomentRule]):
    kind = forms.ChoiceField(
        label=_("Proposes"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Queue and times are those of the kind."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=Channel.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    dispositions = forms.MultipleChoiceField(
        label=_("Wrap-up codes"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    tags = forms.MultipleChoiceField(
        label=_("Touches"),
        choices=Tag.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What keeps the moment with those who talk to the customer, as its kind says."),
    )

    class Meta:
        model = MomentRule
        fields = (*SETTINGS, "code")
        widgets = dict.fromkeys(LISTED, UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("kind", {code: kind.label for code, kind in kinds().items() if kind.active}, [self.instance.kind])
        codes = Disposition.objects.filter(active=True).order_by("position", "label").values_list("code", "label")
        self._offer("dispositions", dict(codes[:CODES]), self.instance.dispositions)

    def _offer(self, name: str, known: dict[str, Any], chosen: list[str]) -> None:
        """What may be chosen, and what was chosen when it still could be."""
        if name in self.fields:  # whoever may only look gets no fields
            gone = [(code, kind_of(code).label if name == "kind" else code) for code in chosen if code not in known]
            self.fields[name].choices = [*known.items(), *(pair for pair in gone if pair[0])]  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"]).replace("\0", "").strip()
        if words and not says_a_word(words):
            raise ValidationError(_("There is no word in it that could be found."))
        return words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in LISTED:
            if name in data:
                data[name] = list(dict.fromkeys(word.strip() for word in data[name] if word.strip()))
        if data.get("least_amount") and not data.get("currency"):
            self.add_error("currency", _("An amount needs its currency."))
        if data.get("unless_kinds") and not data.get("preceded_by"):
            self.add_error("unless_kinds", _("This goes with what came before: say that too."))
        if data.get("looks_at") == MomentRule.Family.INTERACTION and not any(data.get(name) for name in NARROWING):
            raise ValidationError(_("Say at least one thing about what happens: it would propose everything."))
        return data
