"""What a person says of a webhook. Nothing is saved here."""

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from apps.foundation.network.addresses import reachable
from apps.foundation.network.errors import Denied
from apps.moments.kinds import kinds
from apps.moments.models import WebhookEndpoint, WebhookEvent

Format = WebhookEndpoint.Format
BASIC, OAUTH = "basic", "oauth2"
CREDENTIALS = {BASIC: ("user", "password"), OAUTH: ("client_id", "client_secret")}
IN_MAUTIC = ("segment", "campaign", "field")
OWN = ("name", "url", "format", "events", "kinds", "active")
KEPT = {"autocomplete": "off", "data-1p-ignore": "", "spellcheck": "false"}


def kinds_now() -> Iterator[tuple[str, str]]:
    yield from ((code, str(kind)) for code, kind in kinds().items())


class EndpointForm(forms.ModelForm[WebhookEndpoint]):
    """Those of Mautic's own fields that hold for its format; credentials left empty stay as they were."""

    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https", widget=UnfoldAdminURLInputWidget(attrs=KEPT)
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=WebhookEvent.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: all of them. For Mautic, choose when a customer is handed over, such as Accepted."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of moments"),
        choices=kinds_now,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: all of them."),
    )
    login = forms.ChoiceField(
        label=_("Signs in with"),
        choices=[(BASIC, _("User name and password")), (OAUTH, _("OAuth 2, client credentials"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    user = forms.CharField(label=_("User name"), required=False, widget=UnfoldAdminTextInputWidget(attrs=KEPT))
    password = forms.CharField(label=_("Password"), required=False, widget=UnfoldAdminPasswordWidget(attrs=KEPT))
    client_id = forms.CharField(label=_("Client ID"), required=False, widget=UnfoldAdminTextInputWidget(attrs=KEPT))
    client_secret = forms.CharField(
        label=_("Client secret"), required=False, widget=UnfoldAdminPasswordWidget(attrs=KEPT)
    )
    segment = forms.IntegerField(
        label=_("Segment"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The id in Mautic of a segment that they join. Empty: none."),
    )
    campaign = forms.IntegerField(
        label=_("Campaign"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The id in Mautic of a campaign that they join. Empty: none."),
    )
    field = forms.SlugField(
        label=_("Field for the key"),
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The alias of a contact field that takes our key of the contact, so that it is counted once."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = OWN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.settings
        self.fields["login"].initial = kept.get("login", BASIC)
        for name in IN_MAUTIC:
            self.fields[name].initial = kept.get(name)

    def clean_url(self) -> str:
        """Where we may send to. An address inside the own network needs `KLATSCH_PRIVATE_PEERS`, and may be plain
        http; all others are asked over https."""
        url: str = self.cleaned_data["url"]
        parts = urlsplit(url)
        try:
            address = ipaddress.ip_address(reachable(parts.hostname or "", parts.port or 443))
        except Denied as refusal:
            raise forms.ValidationError(str(refusal)) from None
        except (OSError, ValueError):
            raise forms.ValidationError(_now("There is no such machine.")) from None
        inside = any(address in ipaddress.ip_network(network) for network in settings.PRIVATE_PEERS)
        if parts.scheme != "https" and not (parts.scheme == "http" and inside):
            raise forms.ValidationError(_now("What is sent there must be encrypted: it begins with https."))
        if parts.username or parts.password:
            raise forms.ValidationError(_now("Names and passwords do not belong into an address."))
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.chosen_format == Format.MAUTIC:
            names = CREDENTIALS[cleaned.get("login") or BASIC]
            given = [name for name in names if cleaned.get(name)]
            if (given or self.must_give) and len(given) < len(names):
                missing = next(name for name in names if name not in given)
                self.add_error(missing, _now("Both are needed."))
        return cleaned

    @property
    def chosen_format(self) -> str:
        return str(self.cleaned_data.get("format") or self.instance.format)

    @property
    def must_give(self) -> bool:
        """Whether there is nothing yet to sign in with in this way."""
        kept = self.instance.settings.get("login", BASIC) if self.instance.pk else ""
        return (self.cleaned_data.get("login") or BASIC) != kept

    def said(self) -> dict[str, Any]:
        """The fields of `actions.connect_endpoint` and `change_endpoint`."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in OWN if name in cleaned}
        if self.chosen_format != Format.MAUTIC:
            return plain
        login = cleaned.get("login") or BASIC
        chosen = {name: cleaned[name] for name in IN_MAUTIC if cleaned.get(name)}
        return {
            **plain,
            "settings": {"login": login, **chosen},
            "credentials": {name: cleaned.get(name, "") for name in CREDENTIALS[login]},
        }


class ReplayForm(forms.Form):
    """How far back what failed is sent again."""

    hours = forms.TypedChoiceField(
        choices=[("1", _("hour")), ("24", _("day")), ("168", _("week")), ("720", _("30 days"))], coerce=int
    )
