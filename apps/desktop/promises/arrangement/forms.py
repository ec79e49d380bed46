"""When promises are due and who keeps them, as people choose it; nothing here saves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User


class DueForm(forms.Form):
    due = forms.DateTimeField(error_messages={"required": _("Choose a day and a time.")})

    def clean_due(self) -> datetime:
        due: datetime = self.cleaned_data["due"]
        if due <= timezone.now():
            raise forms.ValidationError(_("This time has passed already."))
        return due


class OwnerForm(forms.Form):
    """`colleagues` are those who may keep them."""

    to = forms.ModelChoiceField(User.objects.none(), error_messages={"required": _("Choose a colleague.")})

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = User.objects.filter(pk__in=[colleague.pk for colleague in colleagues])
        self.fields["to"].queryset = there  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """To whom promises are handed, a colleague (`user:7`) or a team (`team:3`) of those given, with a note."""

    to = forms.ChoiceField(error_messages={"required": _("Choose a colleague or a team.")})
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, colleagues: Sequence[User], teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receivers: dict[str, User | Team] = {
            **{f"user:{colleague.pk}": colleague for colleague in colleagues},
            **{f"team:{team.pk}": team for team in teams},
        }
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            (_("Colleagues"), [(f"user:{colleague.pk}", str(colleague)) for colleague in colleagues]),
            (_("Teams"), [(f"team:{team.pk}", str(team)) for team in teams]),
        ]

    def receiver(self) -> User | Team:
        return self.receivers[self.cleaned_data["to"]]
