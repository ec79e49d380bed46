"""Websites and apps that speak Segment's HTTP API: its own SDKs, RudderStack's, and whoever copied them.

Formats: "HTTP Tracking API", "Spec" and "E-Commerce Spec" of Segment's documentation. docs/segment.md tells what we
make of each field and where the SDKs differ from the documents.
"""

from collections.abc import Sequence

from apps.accounts.models import digest_of
from apps.channels.connectors.base import Push, RawEvent, Refused, SourceFacts, StoredEvent
from apps.channels.connectors.segment import wire
from apps.channels.connectors.segment.normalise import normalise
from apps.interactions.drafts import Draft


class Segment:
    """`PushConnector` for `/v1/`."""

    def verify(self, push: Push, source: SourceFacts) -> None:
        if not any(digest_of(key) in source.key_digests for key in wire.write_keys(push)):
            raise Refused(401, "invalid_write_key", "This write key opens nothing here.")

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
