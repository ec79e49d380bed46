"""Any system that posts JSON: signed as Standard Webhooks has it (standardwebhooks.com, "Specification"), or with the
source's key as bearer token. What its fields mean is said in a mapping (docs/mapping.md)."""

import base64
import binascii
from collections.abc import Iterator, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import About, Push, Pushed, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.http.signatures import bears_key, fresh, require, signed
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.expressions import NotUnderstood, Value, value
from apps.channels.toolkit.mapping.records import listed, mapping_of
from apps.interactions.drafts import Draft

VENDORS = ("webhook", "svix")  # how the three headers begin
MOST_SIGNATURES = 10  # in one header: senders sign with every secret in force


class WebhookForm(forms.Form):
    items = forms.CharField(
        label=_("Where the events are"),
        required=False,
        max_length=200,
        help_text=_("Only if one request carries several: the way to their list, such as data.events."),
    )

    def clean_items(self) -> str:
        written: str = self.cleaned_data["items"]
        try:
            if written:
                value(written)
        except NotUnderstood as error:
            raise ValidationError(_("This is not understood: %(error)s.") % {"error": error}) from None
        return written


class Webhook(Pushed):
    """`PushConnector` for anything that posts JSON."""

    about = About(
        name=_("Anything that calls (webhook)"),
        summary=_("Any system that can post JSON when something happens; you say what its fields mean."),
        group="data",
        icon="webhook",
        signed=True,
        secret_words=_("Signing secret, or bearer token where the sender cannot sign."),
        steps=(
            _("Let the system post JSON to {address}."),
            _("Give it the secret: to sign with (Standard Webhooks), or as bearer token in the header Authorization."),
            _("Send one real event, then look at the mapping that is proposed from it."),
        ),
        settings_form=WebhookForm,
        mapped=True,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        vendor = next((vendor for vendor in VENDORS if f"{vendor}-signature" in push.headers), "")
        require(_is_signed(push, source, vendor) if vendor else bears_key(push, source))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        mapped = mapping_of(source)
        found = [row for row in listed(push.content, _items(source, mapped)) if row not in ({}, [], None)]
        return list(_events(found, _own_id(push), mapped))

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return mapping.normalise(event, source)


def _is_signed(push: Push, source: SourceFacts, vendor: str) -> bool:
    """Whether one of the signatures is that of `id.timestamp.body` under a secret in force, and of these minutes."""
    own, sent, given = (push.headers.get(f"{vendor}-{part}", "") for part in ("id", "timestamp", "signature"))
    if not own or not fresh(sent, push.at):
        return False
    message = b"%b.%b.%b" % (own.encode(), sent.encode(), push.raw)
    secrets = [_key(secret) for secret in source.secrets]
    signatures = [signature[3:] for signature in given.split()[:MOST_SIGNATURES] if signature.startswith("v1,")]
    matches = [signed(secrets, message, signature, encoding="base64") for signature in signatures]
    return any(matches)


def _key(secret: str) -> bytes:
    """The bytes a secret stands for: base64 after `whsec_`; any other text as it is."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def _items(source: SourceFacts, mapped: mapping.Mapping | None) -> Value | None:
    if mapped and "items" in mapped.places:
        return mapped.places["items"]
    written = source.settings.get("items")
    return value(written) if isinstance(written, str) and written.strip() else None


def _own_id(push: Push) -> str:
    """The sender's id of the request, the same when it tries again."""
    return next((push.headers[f"{vendor}-id"] for vendor in VENDORS if push.headers.get(f"{vendor}-id")), "")


def _events(found: Sequence[object], own: str, mapped: mapping.Mapping | None) -> Iterator[RawEvent]:
    for place, row in enumerate(found):
        if not isinstance(row, dict):
            yield RawEvent(f"row:{mapping.digest(row)}", {"value": row}, refused="It has no fields with names.")
            continue
        if mapped and not mapped.wants(row):
            continue
        named, ids = (mapped.key(row), mapped.ids) if mapped else ("", frozenset())
        if named and not named.startswith("row:"):
            yield RawEvent(named, row, ids=ids)
        elif own:
            yield RawEvent(own if len(found) == 1 else f"{own}:{place}", row, ids=ids)
        else:
            yield RawEvent(named or f"row:{mapping.digest(row)}", row, ids=ids)
