"""Every connector there is, by `Source.kind`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.base import Connector, FileConnector, PullConnector, Puller, Words
from apps.channels.connectors.files import Drop
from apps.channels.connectors.segment import Segment

CONNECTORS: Mapping[str, Connector] = {
    "segment": Segment(),
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
