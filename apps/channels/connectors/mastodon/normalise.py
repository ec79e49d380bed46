"""One event of Mastodon's as a draft."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.calls import lines
from apps.channels.toolkit.people import claim, handles, person
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, mappings, prose, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

KINDS = frozenset({"status", "follow", "follow_request", "favourite", "reblog"})


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what nobody did."""
    body = mapping(event.payload)
    kind = words(body.get("kind"), 20)
    if kind not in KINDS:
        raise Unintelligible("It is no post, and nothing anybody did with one of ours.")
    account, status = mapping(body.get("account")), mapping(body.get("status"))
    at = plausible(instant(body.get("at")), event.received_at)
    ours = body.get("ours_wrote") is True
    held = handles(IdentifierType.SOCIAL, [address(words(account.get("acct"), 300), source)], scope="mastodon")
    named = {} if ours else person(name=words(account.get("display_name")) or words(account.get("username")))
    claimed = claim(source, at, sure=held, traits=named)
    touch = (
        _said(event.key, body, status, at, source)
        if kind == "status"
        else _did(event.key, {**body, "kind": kind}, status, at, source)
    )
    return Draft(claimed, touch)


def address(acct: str, source: SourceFacts) -> str:
    """`user@server`: accounts of our own server come without its name."""
    if not acct or "@" in acct:
        return acct
    server = (
        words(source.settings.get("domain"), 100) or urlsplit(str(source.settings.get("server") or "")).hostname or ""
    )
    return f"{acct}@{server}" if server else acct


def _said(key: str, body: Event, status: Event, at: Any, source: SourceFacts) -> InteractionDraft:
    ours, direct = body.get("ours_wrote") is True, status.get("visibility") == "direct"
    text, warning = plain(status.get("content")), words(status.get("spoiler_text"), 200)
    besides = lines([(_("Content warning"), warning), *_enclosed(status)])
    begun = words(body.get("root") or status.get("in_reply_to_id") or status.get("id"), 60)
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.SOCIAL,
        kind="direct_message" if direct else "post",
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        title=_title(status, ours=ours, direct=direct),
        verbatim="" if ours else text,
        body="\n".join(filter(None, (text if ours else "", besides))),
        touchpoint=_ours(body, source),
        thread=f"mastodon:{begun}",
        link=web_address(status.get("url")),
        payload={"visibility": words(status.get("visibility"), 20), "language": words(status.get("language"), 10)},
    )


def _title(status: Event, *, ours: bool, direct: bool) -> str:
    if direct:
        return _("Direct message to customer on Mastodon") if ours else _("Direct message from customer on Mastodon")
    if ours:
        return _("Answered on Mastodon") if status.get("in_reply_to_id") else _("Mentioned the customer on Mastodon")
    return _("Answered us on Mastodon") if status.get("in_reply_to_id") else _("Mentioned us on Mastodon")


def _did(key: str, body: Event, status: Event, at: Any, source: SourceFacts) -> InteractionDraft:
    kind, own = str(body["kind"]), words(status.get("id"), 60)
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.SOCIAL,
        kind=kind,
        title={
            "follow": _("Follows us on Mastodon"),
            "follow_request": _("Asked to follow us on Mastodon"),
            "favourite": _("Liked a post of ours on Mastodon"),
            "reblog": _("Shared a post of ours on Mastodon"),
        }[kind],
        body=plain(status.get("content"))[:500],
        touchpoint=_ours(body, source),
        thread=f"mastodon:{own}" if own else "",
        link=web_address(status.get("url")),
    )


def _ours(body: Event, source: SourceFacts) -> str:
    own = address(words(body.get("ours"), 300), source)
    return f"@{own}"[:80] if own else ""


def _enclosed(status: Event) -> list[tuple[str, str]]:
    files = [", ".join(filter(None, (words(attachment.get("type"), 20), words(attachment.get("description"), 200))))
             for attachment in mappings(status.get("media_attachments"))[:16]]  # fmt: skip
    poll = status.get("poll")
    asked = ", ".join(filter(None, (words(option, 100) for option in poll[:16]))) if isinstance(poll, list) else ""
    return [*((_("Attachment"), file) for file in files), (_("Poll"), asked)]


def plain(content: Any) -> str:
    """HTML as text: its paragraphs and line breaks stay, everything else goes, scripts with all they contain."""
    if not isinstance(content, str):
        return ""
    kept = nh3.clean(content[:100_000], tags={"p", "br"}, attributes={})
    broken = re.sub(r"<br\s*/?>", "\n", kept.replace("\n", " "))
    parted = re.sub(r"</?p>", "\n\n", broken)
    tidied = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", html.unescape(parted))
    return prose(re.sub(r"\n{3,}", "\n\n", tidied))
