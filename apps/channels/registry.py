"""Every connector there is, by `Source.kind`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.asterisk import Asterisk
from apps.channels.connectors.camt import Camt
from apps.channels.connectors.chatwoot import Chatwoot
from apps.channels.connectors.cloudevents import CloudEvents
from apps.channels.connectors.drop import DroppedFiles
from apps.channels.connectors.formbricks import Formbricks
from apps.channels.connectors.freeswitch import FreeSwitch
from apps.channels.connectors.imap import Imap
from apps.channels.connectors.mastodon import Mastodon
from apps.channels.connectors.mautic import Mautic
from apps.channels.connectors.meta import Meta
from apps.channels.connectors.ofx import Ofx
from apps.channels.connectors.poslog import PosLog
from apps.channels.connectors.posthog import PostHog
from apps.channels.connectors.segment import Segment
from apps.channels.connectors.shopify import Shopify
from apps.channels.connectors.singer import Singer
from apps.channels.connectors.snowplow import Snowplow
from apps.channels.connectors.square import Square
from apps.channels.connectors.stripe import Stripe
from apps.channels.connectors.twilio import Twilio
from apps.channels.connectors.typeform import Typeform
from apps.channels.connectors.webhook import Webhook
from apps.channels.connectors.woocommerce import WooCommerce
from apps.channels.connectors.zendesk import Zendesk
from apps.channels.contract import Connector, FileConnector, PullConnector, Puller, Words
from apps.channels.toolkit.files.drop import Drop

# In the order of GROUPS.
CONNECTORS: Mapping[str, Connector] = {
    "segment": Segment(),
    "posthog": PostHog(),
    "snowplow": Snowplow(),
    "imap": Imap(),
    "mautic": Mautic(),
    "shopify": Shopify(),
    "woocommerce": WooCommerce(),
    "stripe": Stripe(),
    "square": Square(),
    "twilio": Twilio(),
    "freeswitch": FreeSwitch(),
    "asterisk": Asterisk(),
    "meta": Meta(),
    "mastodon": Mastodon(),
    "chatwoot": Chatwoot(),
    "zendesk": Zendesk(),
    "camt": Camt(),
    "ofx": Ofx(),
    "poslog": PosLog(),
    "typeform": Typeform(),
    "formbricks": Formbricks(),
    "singer": Singer(),
    "drop": DroppedFiles(),
    "webhook": Webhook(),
    "cloudevents": CloudEvents(),
}

# What touch points there are, in the order they are offered.
GROUPS: Mapping[str, Words] = {
    "web": _("Website and app"),
    "mail": _("E-mail"),
    "shop": _("Shops and payments"),
    "calls": _("Calls and messages"),
    "social": _("Social media and chat"),
    "bank": _("Banking and cash machines"),
    "store": _("Stores and tills"),
    "survey": _("Surveys and feedback"),
    "data": _("Databases, files and anything else"),
}


def puller(kind: str) -> Puller:
    """Who asks sources of a kind, or looks into their folder. Raises TypeError where nobody does."""
    connector = CONNECTORS[kind]
    if isinstance(connector, PullConnector):
        return connector
    if isinstance(connector, FileConnector):
        return Drop(connector)
    raise TypeError(f"Sources of kind {kind!r} are not asked.")
