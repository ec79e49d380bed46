"""What people type at the desk, checked; nothing here saves."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.contact.models import Consent
from apps.customers.drafts import Handle
from apps.customers.models import IdentifierType
from apps.customers.normalisation import normalise, phone_candidates
from apps.customers.paste import peeled
from apps.interactions.actions import Promise, new_key
from apps.interactions.attachments import LARGEST
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import (
    DELIVERED,
    REFUND,
    Channel,
    Direction,
    Disposition,
    FollowUp,
    Interaction,
    Sentiment,
)
from apps.interactions.timeline import Filters


class FilterForm(forms.Form):
    """The timeline's filters, as they stand in the URL. A value that makes no sense is ignored, not an error."""

    channel = forms.MultipleChoiceField(choices=Channel.choices, required=False)
    direction = forms.ChoiceField(choices=[("", _("Both ways")), *Direction.choices], required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    staff = forms.CharField(required=False, max_length=80)
    place = forms.CharField(required=False, max_length=80)
    q = forms.CharField(required=False, max_length=200)
    browsing = forms.ChoiceField(choices=[("", ""), ("hide", "")], required=False)

    def filters(self) -> Filters:
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            channels=tuple(data.get("channel") or ()),
            direction=data.get("direction") or "",
            since=_midnight(data.get("since")),
            until=_midnight(data.get("until"), days=1),
            staff=data.get("staff") or "",
            place=data.get("place") or "",
            text=data.get("q") or "",
            browsing=data.get("browsing") != "hide",
        )


def _midnight(day: Any, days: int = 0) -> datetime | None:
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time())) if day else None
    except OverflowError:  # the last day there is has no end
        return None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Several files at once, each no larger than `LARGEST`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = [super(FilesField, self).clean(one, initial) for one in data or []]
        if any((file.size or 0) > LARGEST for file in files):
            raise forms.ValidationError(_("A file is larger than 10 MB. Send a link to it instead."))
        return files


def keepers_for(user: User) -> QuerySet[User]:
    """Who may keep a promise this person gives: they themselves, and their team."""
    here = {"team": user.team_id} if user.team_id else {"pk": user.pk}
    mates: QuerySet[User] = User.objects.filter(is_active=True, **here)
    return mates


class LogForm(forms.Form):
    """One conversation as an agent or a shop assistant tells it."""

    MODES = [("call", _("Call")), ("note", _("Note")), ("store", _("Store visit"))]
    KINDS = {
        "call": (Channel.VOICE, "call"),
        "note": (Channel.NOTE, "note"),
        "store": (Channel.STORE, "store_visit"),
    }
    mode = forms.ChoiceField(choices=MODES)
    key = forms.UUIDField()
    direction = forms.ChoiceField(choices=[(d.value, d.label) for d in Direction], required=False)
    body = forms.CharField(max_length=20_000, required=False)
    disposition = forms.ModelChoiceField(Disposition.objects.filter(active=True), required=False)
    verbatim = forms.CharField(max_length=5_000, required=False)
    read_back = forms.CharField(max_length=5_000, required=False)
    sentiment = forms.ChoiceField(choices=[("", ""), *Sentiment.choices], required=False)
    promise = forms.CharField(max_length=300, required=False)
    due = forms.DateTimeField(required=False)
    keeper = forms.ModelChoiceField(User.objects.none(), required=False)
    about = forms.CharField(max_length=100, required=False)
    started = forms.DateTimeField(required=False)
    attachments = FilesField()

    def __init__(self, *args: Any, author: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].queryset = keepers_for(author)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in ("body", "verbatim", "read_back", "disposition", "attachments")):
            self.add_error("body", _("Write what happened, or choose a wrap-up code."))
        if data.get("promise") and not data.get("due"):
            self.add_error("due", _("Say until when you promised it."))
        if data.get("due") and not data.get("promise") and "promise" not in self.errors:
            self.add_error("promise", _("Say what you promised."))
        if data.get("promise") and data.get("due") and data["due"] < timezone.now():
            self.add_error("due", _("This time has passed already."))
        return data

    def touch(self, author: User) -> InteractionDraft:
        """The interaction to log. A call lasts from when its form was opened until now."""
        data = self.cleaned_data
        channel, kind = self.KINDS[data["mode"]]
        now = timezone.now()
        started = data["started"] if data["started"] and now - timedelta(hours=12) < data["started"] < now else now
        disposition = data["disposition"]
        return InteractionDraft(
            external_id=str(data["key"]),
            occurred_at=started if kind == "call" else now,
            ended_at=now if kind == "call" else None,
            channel=channel,
            kind=kind,
            direction=self._direction(kind),
            title=disposition.label if disposition else self._title(kind),
            body=data["body"],
            verbatim=data["verbatim"],
            read_back=data["read_back"],
            sentiment=data["sentiment"],
            touchpoint=author.place,
            staff_id=author.pk,
            staff_name=str(author),
            disposition_id=disposition.pk if disposition else None,
        )

    def _direction(self, kind: str) -> str:
        if kind == "note":
            return Direction.INTERNAL
        return self.cleaned_data["direction"] or Direction.INBOUND

    def _title(self, kind: str) -> str:
        outbound = self._direction(kind) == Direction.OUTBOUND
        call = gettext("Call to the customer") if outbound else gettext("Call from the customer")
        return {"call": call, "note": gettext("Note"), "store_visit": gettext("Store visit")}[kind]

    def promised(self) -> Promise | None:
        data = self.cleaned_data
        if not data["promise"]:
            return None
        awaits, _colon, reference = data["about"].partition(":")
        tied = {"reference": reference[:80], "awaits": awaits} if awaits in (DELIVERED, REFUND) else {}
        return Promise(data["promise"], data["due"], data["keeper"], **tied)


def blank_log(draft: dict[str, Any]) -> dict[str, Any]:
    """What an empty composer starts from: the kept draft, or a call beginning now."""
    return {
        "mode": "call",
        "direction": Direction.INBOUND,
        "key": new_key(),
        "started": timezone.now().isoformat(),
        **draft,
    }


def words_again(entry: Interaction, promise: FollowUp | None, typed: str = "") -> dict[str, str]:
    """The fields of the composer as they were when this was logged; what was `typed` since comes after its text."""
    mode = next((mode for mode, (_channel, kind) in LogForm.KINDS.items() if kind == entry.kind), "call")
    values = {
        "mode": mode,
        "direction": entry.direction if mode != "note" else "",
        "body": "\n".join(text for text in (entry.body, typed) if text.strip()),
        "disposition": str(entry.disposition_id or ""),
        "verbatim": entry.verbatim,
        "read_back": entry.read_back,
        "sentiment": entry.sentiment,
        "started": entry.occurred_at.isoformat(),
    }
    if promise:
        due = timezone.localtime(promise.due_at).strftime("%Y-%m-%dT%H:%M")
        values |= {"promise": promise.text, "due": due, "keeper": str(promise.owner_id or "")}
    return {name: value for name, value in values.items() if value}


class ConsentForm(forms.Form):
    channel = forms.ChoiceField(choices=Consent.Channel.choices)
    status = forms.ChoiceField(choices=Consent.Status.choices)


class FollowUpForm(forms.Form):
    state = forms.ChoiceField(choices=FollowUp.State.choices)


class PopForm(forms.Form):
    """What a telephone system, a till or a scanner knows of who is there."""

    phone = forms.CharField(required=False, max_length=40, strip=False)
    email = forms.CharField(required=False, max_length=254)
    loyalty = forms.CharField(required=False, max_length=64)
    name = forms.CharField(required=False, max_length=200)

    def clean_phone(self) -> str:
        """A telephone system that does not escape its `+` sends a blank in its place."""
        raw: str = self.cleaned_data["phone"]
        return f"+{raw[1:]}" if raw[:1] == " " and raw[1:2].isdigit() else raw.strip()

    def words(self) -> str:
        self.is_valid()
        return next(
            (self.cleaned_data[name] for name in ("phone", "email", "loyalty") if self.cleaned_data.get(name)),
            "",
        )


def meant(words: str) -> dict[str, str]:
    """The field of a new customer that words which found nobody were probably meant for."""
    words = peeled(words)
    if "@" in words:
        return {"email": words}
    if re.fullmatch(r"[\d\s+()./-]+", words):
        return {"phone": words}
    return {"loyalty" if re.search(r"\d", words) else "name": words}


class CreateForm(PopForm):
    """A customer met for the first time: a name, and at least one way to know them again."""

    def __init__(self, *args: Any, regions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = regions

    def clean_phone(self) -> str:
        self.cleaned_data["phone"] = super().clean_phone()
        return self._checked("phone", _("This is not a phone number. Add the country code, such as +44."))

    def clean_email(self) -> str:
        return self._checked("email", _("This is not an e-mail address."))

    def clean_loyalty(self) -> str:
        return self._checked("loyalty", _("This is not a card number."))

    def _checked(self, field: str, message: Any) -> str:
        raw = self.cleaned_data[field].strip()
        if not raw:
            return ""
        found = phone_candidates(raw, self.regions) if field == "phone" else [normalise(field, raw)]
        if not found or not found[0]:
            raise forms.ValidationError(message)
        return found[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in ("name", "phone", "email", "loyalty")):
            self.add_error("name", _("Give a name, a phone number, an e-mail address or a card number."))
        return data

    def handles(self) -> list[Handle]:
        kinds = {
            "phone": IdentifierType.PHONE,
            "email": IdentifierType.EMAIL,
            "loyalty": IdentifierType.LOYALTY,
        }
        return [Handle(kind, self.cleaned_data[name]) for name, kind in kinds.items() if self.cleaned_data.get(name)]


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["theme", "density", "shortcuts", "closes_on_saving", "moments_by_mail"]


class ReasonForm(forms.Form):
    """Why two customers are one, or are not."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": _("Say why in a few words: somebody may have to judge it again later.")},
    )


class ThresholdForm(forms.Form):
    """From which score on suggestions are accepted together: a probability."""

    score = forms.FloatField(min_value=0.9, max_value=1)


class SuppressForm(ReasonForm):
    """What is not to be contacted: `person`, or an identifier as `type:value`; and why."""

    what = forms.CharField(max_length=280)

    def clean_what(self) -> str:
        what: str = self.cleaned_data["what"]
        kind, _colon, value = what.partition(":")
        if what != "person" and (kind not in IdentifierType.values or not value):
            raise forms.ValidationError(_("Choose what is to be stopped."))
        return what

    def handle(self) -> Handle | None:
        kind, _colon, value = self.cleaned_data["what"].partition(":")
        return Handle(kind, value) if value else None


class ContactPreferencesForm(forms.Form):
    """How a customer would rather be contacted. Hours are in their own time."""

    channel = forms.ChoiceField(choices=[("", ""), *Consent.Channel.choices], required=False)
    hours_from = forms.TimeField(required=False)
    hours_to = forms.TimeField(required=False)
    language = forms.CharField(max_length=10, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("hours_from"), data.get("hours_to")
        if (start is None) != (end is None) or (start is not None and start == end):
            self.add_error("hours_to", _("Hours need a beginning and another end."))
        return data

    def preferences(self) -> dict[str, Any]:
        data = self.cleaned_data
        hours = (data["hours_from"], data["hours_to"]) if data["hours_from"] is not None else None
        return {"channel": data["channel"], "hours": hours, "language": data["language"]}
