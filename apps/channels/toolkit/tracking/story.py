"""What a tracker's event says, and how it is put on somebody's timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.foundation.text.values import Event
from apps.interactions.drafts import InteractionDraft, PageView
from apps.interactions.models import VISIT

Words = str | Promise  # said now, or translated when it is


@dataclass(frozen=True, slots=True)
class TrackedStory:
    """Fields as in `InteractionDraft`. An empty channel means where it happened: web or app."""

    kind: str
    title: str
    channel: str = ""
    direction: str = "inbound"
    body: str = ""
    verbatim: str = ""
    sentiment: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reference: str = ""
    thread: str = ""

    def touch(
        self, key: str, at: datetime, *, channel: str, touchpoint: str, payload: Mapping[str, Any]
    ) -> InteractionDraft:
        """`channel` is where it happened, if the story does not say."""
        return InteractionDraft(
            external_id=key,
            occurred_at=at,
            channel=self.channel or channel,
            kind=self.kind,
            direction=self.direction,
            title=self.title,
            body=self.body,
            verbatim=self.verbatim,
            sentiment=self.sentiment,
            amount=self.amount,
            currency=self.currency,
            reference=self.reference,
            thread=self.thread,
            touchpoint=touchpoint,
            payload=payload,
        )


def viewed(key: str, at: datetime, *, title: str, url: str, channel: str, touchpoint: str) -> InteractionDraft:
    """Somebody looked at a page, or at a screen of an app; `title` may be empty."""
    shown = title or _("A page")
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=channel,
        kind=VISIT,
        title=shown,
        touchpoint=touchpoint,
        page=PageView(shown, url),
    )


StoryWriter = Callable[[Event, str], TrackedStory]
