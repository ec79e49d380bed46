"""What somebody fills in to connect a mailbox, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import SecretField
from apps.channels.toolkit.mail.parties import OwnAddresses, own_addresses

PORTS = {"tls": 993, "starttls": 143, "none": 143}
USUAL = ("INBOX", "Sent")
EVERYTHING = "all"

SECURITY = (
    ("tls", _("TLS from the start (port 993)")),
    ("starttls", _("STARTTLS (port 143)")),
    ("none", _("None: only inside a network you trust")),
)
# Domains at which everybody has an address: as our own they would make every customer a colleague.
PUBLIC = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
        "aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.ru", "qq.com", "163.com",
    }
)  # fmt: skip


class MailboxForm(forms.Form):
    host = forms.CharField(
        label=_("Server"), max_length=253, help_text=_("Its name as the provider gives it, such as imap.gmail.com.")
    )
    port = forms.IntegerField(
        label=_("Port"), required=False, min_value=1, max_value=65535, help_text=_("Empty: the usual one.")
    )
    security = forms.ChoiceField(label=_("Encryption"), choices=SECURITY, initial="tls")
    user = forms.CharField(label=_("User name"), max_length=200, help_text=_("Often the whole address."))
    password = SecretField(
        label=_("Password"),
        max_length=500,
        help_text=_("Where the provider has app passwords (Gmail, Yahoo, iCloud), make one for Klatsch."),
    )
    folders = forms.CharField(
        label=_("Folders"),
        initial="INBOX, Sent",
        max_length=1000,
        help_text=_("With commas between them. “all” is every folder but drafts, spam and the bin."),
    )
    own = forms.CharField(
        label=_("Our own addresses and domains"),
        required=False,
        max_length=2000,
        help_text=_("Such as shop.example, help@shop-mail.example. Mails from them are ours, not a customer's."),
    )
    authority = forms.CharField(
        label=_("Name in Authentication-Results"),
        required=False,
        max_length=253,
        help_text=_(
            "The first word of the Authentication-Results header your own mail server writes, such as mx.google.com. "
            "What it says of a sender is believed then; empty: every sender's address counts as unverified."
        ),
    )

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip().lower()
        if not host or any(char.isspace() or char in "/@[]" for char in host) or host.count(":") == 1:
            raise forms.ValidationError(_("A server's name, without “https://” or a port."))
        return host

    def clean_own(self) -> str:
        own = str(self.cleaned_data["own"]).strip()
        shared = own_addresses(own).domains & PUBLIC
        if shared:
            raise forms.ValidationError(
                _("Everybody can have an address at %(domain)s: name your own addresses there, one by one."),
                params={"domain": min(shared)},
            )
        return own

    def clean_authority(self) -> str:
        return str(self.cleaned_data["authority"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("user", "password", "folders"):
            if any(ord(char) < 32 for char in str(cleaned.get(name) or "")):
                self.add_error(name, _("It has a character that no keyboard makes."))
        if cleaned.get("security") and not cleaned.get("port"):
            cleaned["port"] = PORTS[cleaned["security"]]
        return cleaned


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox. `folders` is empty where all are wanted; `authority` is the authserv-id (RFC 8601) we believe."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folders: tuple[str, ...]
    own: OwnAddresses
    authority: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        security = str(settings.get("security") or "tls")
        user = str(settings.get("user") or "")
        return cls(
            host=str(settings.get("host") or ""),
            port=int(settings.get("port") or PORTS[security]),
            security=security,
            user=user,
            password=str(settings.get("password") or ""),
            folders=wanted_folders(str(settings.get("folders") or "")),
            own=own_addresses(f"{settings.get('own') or ''} {user}"),
            authority=str(settings.get("authority") or "").strip().lower(),
        )


def wanted_folders(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    return () if [name.lower() for name in names] == [EVERYTHING] else names or USUAL
