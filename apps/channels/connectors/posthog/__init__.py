"""Websites, apps and servers that speak PostHog's capture API: its own SDKs, and whoever writes to `/batch`.

Formats: "Capture API" of PostHog's documentation, and what its SDKs do beyond it: gzip without a header, base64 in a
form or an address, lz-string, the newer `/i/v1/analytics/events`. docs/connectors/posthog.md tells what we make of
each event.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.posthog import wire
from apps.channels.connectors.posthog.normalise import normalise
from apps.channels.contract import About, Push, PushReply, RawEvent, Refused, SourceFacts, StoredEvent
from apps.channels.toolkit.http.signatures import bears_key
from apps.channels.toolkit.tracking.form import CurrencyForm
from apps.interactions.drafts import Draft


class PostHog:
    """`PushConnector` for `/batch/`, `/capture/`, `/e/`, `/engage/`, `/i/v0/e/` and `/i/v1/analytics/events`."""

    carries = frozenset({"POST", "PUT", "GET"})
    echoes = frozenset({wire.REQUEST_ID})
    about = About(
        name=_("Website or app (PostHog)"),
        summary=_("Pages, events, surveys and people from any PostHog SDK."),
        group="web",
        icon="globe",
        steps=(
            _("Set the SDK's host (api_host in a browser) to {address}"),
            _("Give it the key that is shown when the source is made, as its project API key."),
        ),
        settings_form=CurrencyForm,
        known=frozenset(
            {
                "distinct_id", "event", "groups", "library", "library_version", "messageId", "offset", "options",
                "properties", "sent_at", "session_id", "timestamp", "type", "uuid", "window_id", "$set", "$set_once",
                "$unset",
            }
        ),
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        if push.method == "GET" and not push.query.get("data"):
            return  # it carries nothing, and is told so
        if not bears_key(push, source, *wire.keys(push)):
            raise Refused(401, "invalid_api_key", "This project API key opens nothing here.")

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.split(push)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        return wire.reply(push)
