"""What an entry is to whoever has ten seconds, worked out by the database as it is written."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Nature(models.TextChoices):
    """What an entry is to whoever has ten seconds: that we were in contact, or how an order stands. Most are neither.

    A contact is words that passed between the customer and people of ours, either way: a call that was answered and a
    voicemail; a mail, chat, text message, post or comment; a form, ticket, review or survey they sent; a visit to a
    store that somebody wrote down. None are: pages viewed, mass mailings, money and orders, likes and follows, calls
    that nobody answered, machines' answers and what could not be delivered, notes among us, and a mail or text message
    about an order that nobody of ours signed, since shops send those by themselves.
    """

    CONTACT = "contact", _("Contact")
    TRADE = "trade", _("Order, return or refund")


SPEAKING = ("voice", "email", "chat", "sms", "social", "survey")
ELSEWHERE = ("form", "ticket", "message", "comment", "review", "chat", "store_visit", "appointment", "survey")
NO_CONTACT = (
    *("missed_call", "bounce", "auto_reply", "bot_message", "message_failed", "conversation", "ticket_status"),
    *("moment", "reaction", "postback", "referral", "follow", "follow_request", "favourite", "reblog"),
)
# In a store what is bought and brought back changes hands at once; only the money may take its time.
TRADES = ("order", "order_update", "order_paid", "delivery", "delivered", "cancellation", "return", "refund")
UNSIGNED = models.Q(direction="outbound", channel__in=("email", "sms"), staff=None, staff_name="")
NOTICE = UNSIGNED & ~models.Q(reference="")
NATURE = models.Case(
    models.When(
        models.Q(kind__in=TRADES) & (~models.Q(channel="store") | models.Q(kind="refund")),
        then=models.Value(Nature.TRADE),
    ),
    models.When(
        (models.Q(channel__in=SPEAKING) | models.Q(kind__in=ELSEWHERE))
        & ~models.Q(kind__in=NO_CONTACT)
        & ~models.Q(direction="internal")
        & ~models.Q(channel__in=("campaign", "note"))
        & ~models.Q(channel="survey", direction="outbound")
        & ~NOTICE,
        then=models.Value(Nature.CONTACT),
    ),
    default=None,
    output_field=models.CharField(max_length=10),
)
