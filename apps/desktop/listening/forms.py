"""What people type at the listening desk, checked; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.insights.models import Theme
from apps.interactions.models import Channel, Sentiment
from apps.interactions.search import says_a_word

WRITE_A_LINE = _("Write a line first, of at most 500 characters.")


class ReplyForm(forms.Form):
    words = forms.CharField(max_length=500, error_messages={"required": WRITE_A_LINE, "max_length": WRITE_A_LINE})


class ThemeForm(forms.Form):
    """A theme as somebody makes or changes it."""

    name = forms.CharField(max_length=60)
    words = forms.CharField(max_length=300)
    channel = forms.ChoiceField(choices=[("", _("any channel")), *Channel.choices], required=False)
    sentiment = forms.ChoiceField(choices=[("", _("any mood")), *Sentiment.choices], required=False)
    colour = forms.ChoiceField(choices=Theme.Colour.choices)

    def __init__(self, *args: Any, theme: Theme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theme = theme

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if Theme.objects.filter(name__iexact=name).exclude(pk=self.theme.pk if self.theme else 0).exists():
            raise forms.ValidationError(_("There is a theme of this name."))
        return name

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"].strip()
        if not says_a_word(words):
            raise forms.ValidationError(_("Say at least one word to look for, not only what must not occur."))
        return words


class ShadowForm(forms.Form):
    """Whose day is shadowed."""

    team = forms.ModelChoiceField(Team.objects.all())
    day = forms.DateField()
