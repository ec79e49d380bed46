"""Short ways to say what happened."""

from datetime import timedelta

from apps.customers.drafts import Claim, ProfileKey
from apps.interactions.drafts import Draft, InteractionDraft, PageView
from tests.factories.interactions import DAWN


def touch(external_id, minute=0, **fields):
    said = {"channel": "chat", "kind": "chat", "title": "Chat"} | fields
    return InteractionDraft(external_id=external_id, occurred_at=DAWN + timedelta(minutes=minute), **said)


def view(external_id, minute=0, title=None, **fields):
    """A page somebody looked at."""
    page = PageView(title or f"Page {external_id}", f"https://shop.example/{external_id}")
    return touch(external_id, minute, channel="web", kind="page_viewed", title=page.title, page=page, **fields)


def draft(what, who="u1", source="shop", handles=(), consents=(), **traits):
    claim = Claim(ProfileKey(source, who), what.occurred_at if what else DAWN, tuple(handles), traits=traits)
    return Draft(claim, what, tuple(consents))
