"""What people type about moments, checked; nothing here saves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.contact.models import Consent
from apps.foundation.text.numbers import exact
from apps.interactions.actions import new_key
from apps.moments.drafts import MomentDraft
from apps.moments.kinds import kind_of, kinds, queue_of
from apps.moments.models import Handoff, Moment, MomentKind, Outcome, Tag


class MomentForm(forms.Form):
    """A moment as somebody marks or amends it, and where it goes."""

    kind = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=2_000, required=False)
    suggestion = forms.CharField(max_length=200, required=False)
    category = forms.CharField(max_length=60, required=False)
    value = forms.DecimalField(max_digits=13, decimal_places=3, min_value=0, required=False)
    currency = forms.CharField(max_length=3, required=False)
    due = forms.DateTimeField(required=False)
    channel = forms.ChoiceField(choices=[("", _("Whichever they permit")), *Consent.Channel.choices], required=False)
    tags = forms.MultipleChoiceField(choices=Tag.choices, required=False)
    disclose_words = forms.BooleanField(required=False)
    to = forms.ModelChoiceField(Team.objects.all(), required=False)
    handoff = forms.ChoiceField(choices=Handoff.choices, required=False)
    entry = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    moment = forms.UUIDField(required=False)
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

    def draft(self) -> MomentDraft:
        data = self.cleaned_data
        return MomentDraft(
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
            disclose_words=data.get("disclose_words", False),
            origins=(data["entry"],) if data.get("entry") else (),
        )


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind to choose, with what it suggests: an action, a time (as the field wants it), a team (by id)."""

    code: str
    label: str
    suggestion: str
    due: str
    to: str


def kind_choices(chosen: str = "") -> list[KindChoice]:
    """The kinds in use, and what is chosen already."""
    known = [kind for kind in kinds().values() if kind.active or kind.code == chosen]
    standing = queue_of(MomentKind())
    return [_choice(kind, kind.team or standing) for kind in known]


def _choice(kind: MomentKind, queue: Team | None) -> KindChoice:
    return KindChoice(
        code=kind.code,
        label=str(kind),
        suggestion=str(kind.suggestion),
        due=_typed(_due(kind)),
        to=str(queue.pk) if queue else "",
    )


def _due(kind: MomentKind) -> datetime:
    return timezone.now() + timedelta(minutes=kind.act_minutes)


def _typed(when: datetime) -> str:
    """As the field for a date and a time wants it, to the minute."""
    return timezone.localtime(when).strftime("%Y-%m-%dT%H:%M")


def blank() -> dict[str, Any]:
    """What an empty form starts from: the first kind there is."""
    first = next(iter(kind_choices()))
    suggested = {"kind": first.code, "suggestion": first.suggestion, "due": first.due, "to": first.to}
    return {**suggested, "handoff": Handoff.TRANSFER, "key": new_key()}


def as_typed(moment: Moment) -> dict[str, Any]:
    """What the form of a moment that is there starts from. A late moment gets the time that its kind allows."""
    kind = kind_of(moment.kind)
    queue, soon = queue_of(kind), timezone.now() + timedelta(minutes=2)
    return {
        "kind": moment.kind,
        "reason": moment.reason,
        "suggestion": moment.suggestion,
        "category": moment.category,
        "value": str(exact(moment.value, moment.currency)) if moment.value is not None else "",
        "currency": moment.currency,
        "due": _typed(moment.due_at if moment.due_at > soon else _due(kind)),
        "channel": moment.channel,
        "tags": moment.tags,
        "disclose_words": moment.disclose_words,
        "to": queue.pk if queue else "",
        "handoff": Handoff.TRANSFER,
        "key": new_key(),
    }


class MomentReasonForm(forms.Form):
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
