"""Every connector there is, by `Source.kind`."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.base import PushConnector
from apps.channels.connectors.segment import Segment

CONNECTORS: Mapping[str, PushConnector] = {
    "segment": Segment(),
}
NAMES: Mapping[str, str | Promise] = {
    "segment": _("Website or app (Segment-compatible)"),
}
