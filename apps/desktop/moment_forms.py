"""What people type about moments, checked; nothing here saves."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.customers.models import Consent
from apps.interactions.actions import new_key
from apps.moments.drafts import Sighting
from apps.moments.kinds import kind_of, kinds, queue_of
from apps.moments.models import Handoff, Moment, Outcome, Tag


class MomentForm(forms.Form):
    """A moment as somebody marks or amends it, and where it goes."""

    kind = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=2_000, required=False)
    suggestion = forms.CharField(max_length=200, required=False)
    category = forms.CharField(max_length=60, required=False)
    value = forms.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False)
    currency = forms.CharField(max_length=3, required=False)
    due = forms.DateTimeField(required=False)
    channel = forms.ChoiceField(choices=[("", _("Whichever they permit")), *Consent.Channel.choices], required=False)
    tags = forms.MultipleChoiceField(choices=Tag.choices, required=False)
    travels = forms.BooleanField(required=False)
    to = forms.ModelChoiceField(Team.objects.all(), required=False)
    handoff = forms.ChoiceField(choices=Handoff.choices, required=False)
    entry = forms.IntegerField(required=False)
    key = forms.UUIDField()

    def clean_kind(self) -> str:
        code: str = self.cleaned_data["kind"]
        if code not in kinds():
            raise forms.ValidationError(_("This kind is gone. Choose another one."))
        return code

    def clean_due(self) -> datetime | None:
        due: datetime | None = self.cleaned_data["due"]
        if due and due < timezone.now():
            raise forms.ValidationError(_("This time has passed already."))
        return due

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("reason") and not data.get("suggestion"):
            self.add_error("suggestion", _("Say what they said, or what should be done."))
        if data.get("value") is not None and not data.get("currency"):
            self.add_error("currency", _("In which currency?"))
        return data

    def seen(self) -> Sighting:
        data = self.cleaned_data
        return Sighting(
            kind=data["kind"],
            key=f"desk:{data['key']}",
            reason=data.get("reason", ""),
            suggestion=data.get("suggestion", ""),
            due_at=data.get("due"),
            category=data.get("category", ""),
            tags=tuple(data.get("tags") or ()),
            value=data.get("value"),
            currency=data.get("currency", "").upper(),
            channel=data.get("channel", ""),
            words_travel=data.get("travels", False),
            origins=(data["entry"],) if data.get("entry") else (),
        )


def blank(kind: str = "") -> dict[str, Any]:
    """What an empty form starts from."""
    offered = [one for one in kinds().values() if one.active]
    first = kind_of(kind) if kind else offered[0]
    queue = queue_of(first)
    due = timezone.localtime(timezone.now() + timedelta(minutes=first.act_minutes))
    return {
        "kind": first.code,
        "suggestion": str(first.suggestion),
        "due": due.strftime("%Y-%m-%dT%H:%M"),
        "to": queue.pk if queue else "",
        "handoff": Handoff.TRANSFER,
        "key": new_key(),
    }


def as_typed(one: Moment) -> dict[str, Any]:
    """What the form of a moment that is there starts from."""
    queue = queue_of(kind_of(one.kind))
    return {
        "kind": one.kind,
        "reason": one.reason,
        "suggestion": one.suggestion,
        "category": one.category,
        "value": f"{one.value:.2f}" if one.value is not None else "",
        "currency": one.currency,
        "due": timezone.localtime(max(one.due_at, timezone.now())).strftime("%Y-%m-%dT%H:%M"),
        "channel": one.channel,
        "tags": one.tags,
        "travels": one.words_travel,
        "to": queue.pk if queue else "",
        "handoff": Handoff.TRANSFER,
        "key": new_key(),
    }


class ReasonForm(forms.Form):
    """Why it is declined or given back."""

    reason = forms.CharField(max_length=300)


class FinishForm(forms.Form):
    outcome = forms.ChoiceField(choices=Outcome.choices)
    line = forms.CharField(max_length=300, required=False)
    channel = forms.ChoiceField(choices=[("", ""), *Consent.Channel.choices], required=False)


class SnoozeForm(forms.Form):
    """Until when: one of a few spans, or a time."""

    SPANS = [("hours", _("In three hours")), ("tomorrow", _("Tomorrow morning")), ("week", _("In a week"))]
    span = forms.ChoiceField(choices=[*SPANS, ("at", "")])
    at = forms.DateTimeField(required=False)

    def until(self) -> datetime | None:
        """None for a time that makes no sense."""
        span = self.cleaned_data["span"]
        if span == "hours":
            return timezone.now() + timedelta(hours=3)
        if span == "at":
            chosen: datetime | None = self.cleaned_data["at"]
            return chosen
        day = timezone.localdate() + timedelta(days=1 if span == "tomorrow" else 7)
        return timezone.make_aware(datetime.combine(day, time(9)))
