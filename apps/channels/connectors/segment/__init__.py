"""Websites and apps that speak Segment's HTTP API: its own SDKs, RudderStack's, and whoever copied them.

Formats: "HTTP Tracking API", "Spec" and "E-Commerce Spec" of Segment's documentation. docs/connectors/segment.md
tells what we make of each field and where the SDKs differ from the documents.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import digest_of
from apps.channels.connectors.segment import wire
from apps.channels.connectors.segment.normalise import normalise
from apps.channels.contract import About, Push, Pushed, PushReply, RawEvent, Refused, SourceFacts, StoredEvent
from apps.channels.toolkit.tracking.form import CurrencyForm
from apps.interactions.drafts import Draft


class Segment(Pushed):
    """`PushConnector` for `/v1/`."""

    about = About(
        name=_("Website or app (Segment-compatible)"),
        summary=_("Pages, clicks, orders and sign-ups from any Segment or RudderStack SDK."),
        group="web",
        icon="globe",
        steps=(
            _("Set the SDK's endpoint (data plane, API host) to the address below."),
            _("Give it the write key that is shown when the source is made."),
        ),
        settings_form=CurrencyForm,
        known=frozenset(
            {
                "anonymousId", "category", "channel", "context", "event", "groupId", "integrations", "messageId",
                "name", "originalTimestamp", "previousId", "properties", "receivedAt", "rudderId", "sentAt",
                "timestamp", "traits", "type", "userId", "version", "writeKey", "_metadata",
            }
        ),
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        if not any(digest_of(key) in source.key_digests and wire.shows_key(push, key) for key in wire.write_keys(push)):
            raise Refused(401, "invalid_write_key", "This write key opens nothing here.")

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        usual = super().reply(push, source)
        return replace(usual, body=wire.SUCCESS)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
