"""Chatwoot: conversations with customers over chat, e-mail and social networks, by webhook and by its API.

Formats: "Webhooks" and "Application APIs: conversations, messages" of the Chatwoot documentation. Newer versions sign.
"""

from collections.abc import Iterator, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.channels.connectors.chatwoot import pull as pulling
from apps.channels.connectors.chatwoot import wire
from apps.channels.connectors.chatwoot.normalise import normalise
from apps.channels.contract import (
    About,
    EventPage,
    Push,
    Pushed,
    RawEvent,
    ReadRange,
    Secret,
    SecretField,
    SourceFacts,
    StoredEvent,
    Words,
)
from apps.channels.toolkit.http.signatures import bears_key, fresh, require, signed
from apps.interactions.drafts import Draft


class ChatwootForm(forms.Form):
    address = forms.URLField(
        label=_("Address of Chatwoot"),
        required=False,
        assume_scheme="https",
        help_text=_("Such as https://app.chatwoot.com: for links, and to ask for what no webhook told."),
    )
    account = forms.IntegerField(
        label=_("Account number"),
        required=False,
        min_value=1,
        help_text=_("The number after /accounts/ in the address bar."),
    )
    api_access_token = SecretField(
        label=_("Access token"),
        required=False,
        help_text=_("From the profile settings of an administrator. Without it only webhooks are heard."),
    )


class Chatwoot(Pushed):
    """`PushConnector` for webhooks, `PullConnector` for what they left out."""

    about = About(
        name=_("Chatwoot"),
        summary=_("Chats and messages with what customers wrote, what was answered, and how it was rated."),
        group="social",
        icon="message-circle",
        secret=Secret.THEIRS,
        secret_words=_("The secret of the webhook, shown at Chatwoot; for older versions any long word of your own."),
        steps=(
            _("At Chatwoot under Settings, Integrations, Webhooks, add {address}"),
            _("Choose the events of messages, contacts and conversations, but not typing."),
            _("Versions that do not sign: put ?key= and the secret behind the address."),
        ),
        settings_form=ChatwootForm,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        given = push.headers.get("x-chatwoot-signature")
        if given is None:
            require(bears_key(push, source, push.query.get("key", "")))
            return
        at = push.headers["x-chatwoot-timestamp"]
        algorithm, _equals, digest = given.partition("=")
        require(algorithm == "sha256" and signed(source.secrets, f"{at}.".encode() + push.raw, digest))
        require(fresh(at, push.at))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)

    def check(self, source: SourceFacts) -> Words:
        if not source.settings.get("api_access_token"):
            return _("Without an access token there is nothing to ask; webhooks are heard.")
        _found, count = pulling.Api(source).conversations(1)
        return ngettext("%(count)d conversation.", "%(count)d conversations.", count) % {"count": count}

    def streams(self, source: SourceFacts) -> Sequence[str]:
        return [pulling.STREAM] if source.settings.get("api_access_token") else []

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        return pulling.pull(source, read_range)
