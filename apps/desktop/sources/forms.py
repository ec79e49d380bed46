"""Connecting a source: what kinds there are, and its form."""

import json
import re
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.locales import regions, time_zones
from apps.channels.actions import is_asked
from apps.channels.contract import About, Secret, SecretField
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS, GROUPS
from apps.foundation.vault import Unreadable, unlock

RESERVED = frozenset({"new", "desk"})  # slugs that are pages, or what people here enter
ON_CHANGE = ("name", "region", "timezone", "silent_after", "every", "pace")


class SourceForm(forms.Form):
    """What every source has, whatever its kind."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As agents read it, such as “ATM feed”."))
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        required=False,
        help_text=_("Part of its address, and never changed. Left empty, it follows from the name."),
    )
    region = forms.ChoiceField(
        label=_("Phone region"), choices=regions, help_text=_("Country of phone numbers without a code.")
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Of times that come without one.")
    )
    silent_after = forms.IntegerField(
        label=_("Silent after"),
        min_value=1,
        max_value=60 * 24 * 366,
        required=False,
        help_text=_("Minutes without an event after which agents are told that something is missing. Empty: never."),
    )
    every = forms.IntegerField(
        label=_("Asked every"), min_value=10, max_value=7 * 86400, help_text=_("Seconds between two looks.")
    )
    pace = forms.FloatField(
        label=_("Requests a second"),
        min_value=0.01,
        max_value=100,
        help_text=_("At most so many go out to its provider."),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, kind: str, source: Source | None = None) -> None:
        self.kind, self.about, self.source = kind, CONNECTORS[kind].about, source
        super().__init__(data, initial=self._initial())
        hidden = {"slug", "secret"} if source else set()
        if not (source and is_asked(source)):
            hidden |= {"every", "pace"}
        if self.about.secret != Secret.THEIRS:
            hidden.add("secret")
        for name in hidden:
            self.fields.pop(name, None)
        if "secret" in self.fields:
            self.fields["secret"].help_text = str(self.about.secret_words)
            self.fields["secret"].widget.render_value = True  # nothing typed gets lost

    def _initial(self) -> dict[str, Any]:
        if self.source:
            return {name: getattr(self.source, name) for name in ON_CHANGE}
        return {"region": "GB", "timezone": "UTC"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "slug" in self.fields and "slug" not in self.errors:
            data["slug"] = (data.get("slug") or slug_of(data.get("name", ""))).lower()
            self._check_slug(data["slug"])
        return data

    def _check_slug(self, slug: str) -> None:
        if not slug and "name" not in self.errors:
            self.add_error("slug", _("Give it a short name of letters and digits."))
        elif slug in RESERVED or Source.objects.filter(slug=slug).exists():
            self.add_error("slug", _("This short name is taken. What a source told keeps its name for ever."))

    def naming(self) -> list[forms.BoundField]:
        """Questions that come before those of the connector."""
        return [self[name] for name in ("name", "slug", "secret") if name in self.fields]

    def reading(self) -> list[forms.BoundField]:
        """Those that come after them, and that most people leave as they are."""
        return [self[name] for name in ("region", "timezone", "silent_after", "every", "pace") if name in self.fields]

    def own(self) -> dict[str, Any]:
        """Values of the source's own fields, for `change_source`."""
        return {name: self.cleaned_data[name] for name in ON_CHANGE if name in self.fields}


class BackfillForm(forms.Form):
    """From which day on older events of a source are fetched."""

    since = forms.DateField(label=_("Since"))

    def clean_since(self) -> datetime:
        day: date = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose a day that has passed."))
        return timezone.make_aware(datetime.combine(day, time()))


class RemovalForm(forms.Form):
    """Its name, typed by whoever removes a source for good."""

    name = forms.CharField(required=False)

    def __init__(self, data: Any = None, *, source: Source) -> None:
        super().__init__(data)
        self.source = source

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.source.name:
            raise forms.ValidationError(_("That is not its name. Nothing was removed."))
        return name


class SampleForm(forms.Form):
    """Rows to try a mapping with: pasted, or in a file (`file`)."""

    pasted = forms.CharField(required=False, strip=False)


def slug_of(name: str) -> str:
    """The short name that is proposed for a name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


def settings_form(kind: str, data: Any = None, source: Source | None = None) -> forms.Form:
    """The connector's own form. Secret fields that are stored already may stay empty."""
    initial = dict(source.settings or {}) if source else {}
    form = CONNECTORS[kind].about.settings_form(data, initial=initial, prefix="settings")
    stored = _stored_secrets(source)
    for name, field in form.fields.items():
        if isinstance(field, SecretField):
            field.widget.attrs["autocomplete"] = "new-password"
            field.widget.render_value = source is None
            if name in stored:
                field.required = False
                field.widget.attrs["placeholder"] = gettext("Stored. Empty: it stays.")
    return form


def _stored_secrets(source: Source | None) -> frozenset[str]:
    try:
        return frozenset(unlock(source.vault)) if source else frozenset()
    except Unreadable:  # they have to be typed again
        return frozenset()


def settings_of(form: forms.Form) -> dict[str, Any]:
    """Cleaned settings as JSON has them."""
    plain: dict[str, Any] = json.loads(json.dumps(form.cleaned_data, cls=DjangoJSONEncoder))
    return plain


class Kind(NamedTuple):
    """A kind of source, as it is offered."""

    kind: str
    about: About


def gallery() -> list[tuple[str, list[Kind]]]:
    """Every kind by touch point, in the order of the groups."""
    kinds = [Kind(kind, connector.about) for kind, connector in CONNECTORS.items()]
    kinds.sort(key=lambda kind: str(kind.about.name).lower())
    found = [(str(words), [kind for kind in kinds if kind.about.group == group]) for group, words in GROUPS.items()]
    return [(words, some) for words, some in found if some]
