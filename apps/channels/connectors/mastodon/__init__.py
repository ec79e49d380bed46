"""Mastodon, and servers that speak its client API: what is said to the company's account, and what it answered.

Format: "Mastodon API: notifications, conversations, accounts, rate limits" of the Mastodon documentation.
"""

from collections.abc import Iterator, Sequence

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.mastodon import pull as reading
from apps.channels.connectors.mastodon.client import Server
from apps.channels.connectors.mastodon.normalise import address, normalise
from apps.channels.contract import About, EventPage, ReadRange, Secret, SecretField, SourceFacts, StoredEvent, Words
from apps.foundation.text.values import words
from apps.interactions.drafts import Draft


class MastodonForm(forms.Form):
    server = forms.URLField(
        label=_("Server"),
        assume_scheme="https",
        help_text=_("Where the company's account is, such as https://mastodon.social."),
    )
    access_token = SecretField(
        label=_("Access token"),
        help_text=_("Of an application made under Preferences, Development, with the right to read."),
    )
    domain = forms.CharField(
        label=_("Name in addresses"),
        required=False,
        max_length=100,
        help_text=_("What stands behind the @ of accounts there, if it is not the server's own name."),
    )


class Mastodon:
    """`PullConnector` for notifications, conversations and the account's own posts."""

    about = About(
        name=_("Mastodon"),
        summary=_("Mentions, direct messages and followers of the company's account, and its answers."),
        group="social",
        icon="megaphone",
        secret=Secret.NONE,
        steps=(
            _("At the server, under Preferences, Development, make an application with the scope read."),
            _("Copy its access token to here."),
        ),
        every=120,
        settings_form=MastodonForm,
    )

    def check(self, source: SourceFacts) -> Words:
        own = address(words(Server(source).account().get("acct"), 200), source)
        return _now("Connected as @%(account)s.") % {"account": own}

    def streams(self, source: SourceFacts) -> Sequence[str]:
        return reading.STREAMS

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        return reading.pull(source, read_range)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
