"""Websites, apps and servers with a Snowplow tracker.

Formats: "Snowplow Tracker Protocol" and the payload_data, contexts and unstruct_event schemas of Iglu Central.
docs/connectors/snowplow.md tells how a tracker proves itself (hardly) and what we make of each event.
"""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.snowplow import wire
from apps.channels.connectors.snowplow.normalise import normalise
from apps.channels.contract import About, Push, PushReply, RawEvent, Refused, SourceFacts, StoredEvent
from apps.channels.toolkit.http.signatures import bears_key
from apps.channels.toolkit.tracking.form import CurrencyForm
from apps.interactions.drafts import Draft


class SnowplowForm(CurrencyForm):
    app_ids = forms.CharField(
        label=_("App ids"),
        max_length=500,
        required=False,
        help_text=_("Only events of these apps are kept, separated by commas. Leave it empty to keep all."),
    )
    field_order = ("app_ids", "currency")


class Snowplow:
    """`PushConnector` for `/<key>/com.snowplowanalytics.snowplow/tp2` and the pixel `/<key>/i`.

    Trackers cannot be told to sign anything or to send a header of ours. They can be given an endpoint with a path,
    so the write key is its last part, as public on a web page as those of other analytics.
    """

    carries = frozenset({"POST", "PUT", "GET"})
    about = About(
        name=_("Website or app (Snowplow)"),
        summary=_("Page views, orders and events from any Snowplow tracker."),
        group="web",
        icon="globe",
        steps=(
            _("Set the tracker's collector endpoint to the address below, with the key that is shown when the source "
              "is made added to its end: {address}your-key"),
            _("Whoever reads a page's source can read that key. It keeps strangers' noise out, but proves nothing."),
        ),
        settings_form=SnowplowForm,
    )  # fmt: skip

    def verify(self, push: Push, source: SourceFacts) -> None:
        if not bears_key(push, source, push.call.partition("/")[0]):
            raise Refused(401, "invalid_key", "The endpoint does not end with a key of this source.")

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        wanted = {name.strip() for name in str(source.settings.get("app_ids") or "").split(",") if name.strip()}
        return wire.split(push, wanted)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        return wire.reply(push)
