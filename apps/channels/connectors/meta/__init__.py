"""Meta: Messenger, Instagram and WhatsApp, as their webhooks tell them.

Formats: "Messenger Platform: webhook events", "Instagram Platform: webhooks" and "WhatsApp Business Platform: webhooks
reference" of Meta's documentation.
"""

import re
from collections.abc import Sequence
from hmac import compare_digest

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.meta import wire
from apps.channels.connectors.meta.normalise import normalise
from apps.channels.contract import (
    About,
    Push,
    Pushed,
    PushReply,
    RawEvent,
    Refused,
    Secret,
    SecretField,
    SourceFacts,
    StoredEvent,
)
from apps.channels.toolkit.http.signatures import require, signed
from apps.interactions.drafts import Draft

CHALLENGE = re.compile(r"[\w.-]{1,200}", re.ASCII)


class MetaForm(forms.Form):
    verify_token = SecretField(
        label=_("Verify token"),
        required=False,
        help_text=_("Any words of your own. Meta asks for the same ones when you enter the address there."),
    )


class Meta(Pushed):
    """`PushConnector` for webhooks of pages, Instagram accounts and WhatsApp Business accounts."""

    about = About(
        name=_("Meta: Messenger, Instagram, WhatsApp"),
        summary=_("Messages, reactions and comments of your customers, and what your side answered."),
        group="social",
        icon="message-circle",
        secret=Secret.THEIRS,
        secret_words=_("The app secret, from the basic settings of your app at Meta."),
        steps=(
            _("In your app at Meta, add {address} as callback URL of the webhooks, with the verify token from below."),
            _("Subscribe to messages, messaging_postbacks, message_reactions, message_echoes, feed and comments."),
            _("For WhatsApp, subscribe to messages, and to smb_message_echoes if you also answer from a telephone."),
        ),
        settings_form=MetaForm,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        algorithm, _equals, given = push.headers["x-hub-signature-256"].partition("=")
        require(algorithm == "sha256" and signed(source.secrets, push.raw, given))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        if push.method == "GET" and push.query.get("hub.mode") == "subscribe":
            return self._handshake(push, source)
        return super().reply(push, source)

    def _handshake(self, push: Push, source: SourceFacts) -> PushReply:
        """Meta wants its challenge back, from somebody who knows the verify token."""
        token, challenge = str(source.settings.get("verify_token") or ""), push.query.get("hub.challenge", "")
        shown = push.query.get("hub.verify_token", "")
        if not token or not compare_digest(shown.encode(), token.encode()) or not CHALLENGE.fullmatch(challenge):
            raise Refused(403, "wrong_token", "The verify token is not the one of this source.")
        return PushReply(body=challenge, content_type="text/plain")
