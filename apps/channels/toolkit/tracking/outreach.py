"""Campaigns, messages and conversations: Segment's E-mail, Mobile and Live Chat specs, and promotions."""

from django.utils.translation import gettext_lazy as _t

from apps.channels.toolkit.tracking.story import StoryWriter, TrackedStory, Words
from apps.foundation.text.values import Event, words
from apps.interactions.models import Channel, Direction

CAMPAIGN_NAMES = (
    "email_subject",
    "subject",
    "campaign_name",
    "promotion_name",
    "creative",
    "name",
    "title",
    "email_id",
    "promotion_id",
)


def _message(
    kind: str,
    title: Words,
    *,
    channel: str = Channel.CAMPAIGN,
    direction: str = Direction.INBOUND,
    ours: tuple[str, ...] = (),
) -> StoryWriter:
    """Something we sent, or what somebody did with it. Its subject or name is added to the title."""

    def writer(properties: Event, _currency: str) -> TrackedStory:
        campaign = properties.get("campaign")
        named = {**campaign, **properties} if isinstance(campaign, dict) else properties
        name = next((words(named[key]) for key in ours or CAMPAIGN_NAMES if words(named.get(key))), "")
        thread = words(named.get("campaign_id") or named.get("email_id") or named.get("conversation_id"), 100)
        return TrackedStory(
            kind=kind,
            title=f"{title}: {name}" if name else str(title),
            channel=channel,
            direction=direction,
            body=words(properties.get("message_body"), 5000),
            thread=f"{kind.partition('_')[0]}:{thread}" if thread else "",
        )

    return writer


def _ours(kind: str, title: Words) -> StoryWriter:
    return _message(kind, title, direction=Direction.OUTBOUND)


def _chat(title: Words, direction: str = Direction.INBOUND) -> StoryWriter:
    return _message("chat", title, channel=Channel.CHAT, direction=direction, ours=("agent_name", "agent_username"))


def _app(title: Words) -> StoryWriter:
    return _message("app", title, channel=Channel.APP, ours=("version", "url"))


WRITERS: dict[str, StoryWriter] = {
    # promotions
    "promotion viewed": _message("promotion", _t("Saw a promotion")),
    "promotion clicked": _message("promotion", _t("Followed a promotion")),
    # e-mail
    "email sent": _ours("email_sent", _t("Campaign e-mail sent")),
    "email delivered": _ours("email_sent", _t("Campaign e-mail delivered")),
    "email opened": _message("email_opened", _t("Opened a campaign e-mail")),
    "email link clicked": _message("email_clicked", _t("Followed a link in a campaign e-mail")),
    "email bounced": _ours("email_bounced", _t("Campaign e-mail could not be delivered")),
    "email marked as spam": _message("email_spam", _t("Marked a campaign e-mail as spam")),
    "unsubscribed": _message("unsubscribed", _t("Unsubscribed from campaign e-mails")),
    # push messages
    "push notification received": _ours("push_sent", _t("App message delivered")),
    "push notification tapped": _message("push_opened", _t("Opened an app message")),
    "push notification bounced": _ours("push_bounced", _t("App message could not be delivered")),
    # the app itself
    "application installed": _app(_t("Installed the app")),
    "application opened": _app(_t("Opened the app")),
    "application updated": _app(_t("Updated the app")),
    "application uninstalled": _app(_t("Removed the app")),
    "application crashed": _app(_t("The app crashed")),
    # live chat
    "live chat conversation started": _chat(_t("Started a chat")),
    "live chat message sent": _chat(_t("Wrote in the chat")),
    "live chat message received": _chat(_t("Got a chat message"), Direction.OUTBOUND),
    "live chat conversation ended": _chat(_t("Ended a chat")),
}
