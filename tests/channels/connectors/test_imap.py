"""What the mailbox connector makes of a mail: whose it is, which way it went, what was newly written. No server."""

import sys
from datetime import UTC, datetime
from email.message import EmailMessage

import orjson
import pytest

from apps.channels.connectors.imap.normalise import normalise
from apps.channels.connectors.imap.pull import customers_events
from apps.channels.connectors.imap.settings import own_addresses
from apps.channels.contract import StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.toolkit.mail.authentication import vouched
from apps.channels.toolkit.mail.message import MailCopy
from apps.customers.drafts import Handle, ProfileKey
from tests.channels.connectors.mails import ARRIVED, FACTS, SETTINGS, draft, mail, raw

ANNA = Handle("email", "anna@customer.example")
BELIEVED = "mx.shop.example; dmarc=pass header.from=customer.example"


# what a mail says
def test_a_question_is_the_customers_own_words():
    made = draft(mail())
    assert made.claim.key == ProfileKey("mail", "email:anna@customer.example")
    assert made.claim.unverified == (ANNA,)
    assert made.claim.handles == ()
    assert made.claim.traits == {"name": "Anna"}
    touch = made.touch
    assert (touch.channel, touch.kind, touch.direction) == ("email", "email", "inbound")
    assert (touch.title, touch.verbatim, touch.body) == ("My order", "Where is my order?", "")
    assert touch.external_id == "q1@customer.example"
    assert touch.occurred_at == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert touch.touchpoint == "help@shop.example"
    assert touch.payload["verified"] is False


def test_our_answer_is_told_on_the_story_of_whom_it_went_to():
    made = draft(
        mail(
            "On its way.",
            **{"from": "Ben of the shop <help@shop.example>", "to": "Anna <Anna@Customer.example>"},
            message_id="<a1@shop.example>",
            in_reply_to="<q1@customer.example>",
        ),
        folder="Sent",
        sent=True,
    )
    assert made.claim.handles == (ANNA,)
    touch = made.touch
    assert (touch.direction, touch.body, touch.verbatim) == ("outbound", "On its way.", "")
    assert (touch.staff_name, touch.touchpoint) == ("Ben of the shop", "help@shop.example")
    assert touch.thread == draft(mail()).touch.thread


def test_a_mail_from_us_outside_a_folder_of_sent_mails_proves_nothing():
    made = draft(mail(**{"from": "help@shop.example", "to": "anna@customer.example"}))
    assert (made.claim.handles, made.claim.unverified) == ((), (ANNA,))


def test_whatever_lies_among_the_sent_mails_is_from_us():
    made = draft(mail(**{"from": "alias@elsewhere.example", "to": "anna@customer.example"}), sent=True)
    assert (made.touch.direction, made.claim.handles) == ("outbound", (ANNA,))


def test_of_several_recipients_the_first_outside_is_the_customer():
    made = draft(
        mail(
            **{"from": "help@shop.example", "to": "ben@shop.example, anna@customer.example, carl@customer.example"},
            cc="dora@customer.example, ANNA@customer.example",
        ),
        sent=True,
    )
    assert made.claim.handles == (ANNA,)
    assert made.touch.body.endswith("Also to carl@customer.example, dora@customer.example, anna@customer.example")


def test_a_blind_copy_finds_its_customer():
    ours = {"from": "help@shop.example", "to": "help@shop.example"}
    made = draft(mail(**ours, bcc="anna@customer.example"), sent=True)
    assert made.claim.handles == (ANNA,)


def test_what_somebody_typed_into_our_own_form_is_from_them():
    made = draft(mail(**{"from": "Shop form <form@shop.example>"}, reply_to="Anna <anna@customer.example>"))
    assert (made.touch.direction, made.claim.unverified, made.claim.handles) == ("inbound", (ANNA,), ())


def test_whom_nobody_can_answer_is_known_by_where_answers_go():
    made = draft(mail(**{"from": "Market <noreply@market.example>"}, reply_to="anna@customer.example"))
    assert made.claim.unverified == (ANNA,)


@pytest.mark.parametrize(
    "headers",
    [
        {"from": "ben@shop.example"},
        {"from": "noreply@vendor.example"},
        {"from": ""},
        {"from": "not an address"},
        {"from": "news@vendor.example", "list_unsubscribe": "<https://vendor.example/u>"},
        {"from": "news@vendor.example", "precedence": "bulk"},
        {"from": "cron@host.vendor.example"},
    ],
    ids=["colleague", "noreply", "nobody", "nonsense", "newsletter", "bulk", "machine"],
)
def test_mails_no_customer_has_a_part_in_are_nobodys(headers):
    with pytest.raises(Unintelligible):
        draft(mail(**headers))


def test_whose_a_mail_is_is_worked_out_when_it_is_read_and_not_again(monkeypatch):
    copy = MailCopy(raw=mail(cc="carl@customer.example").as_bytes(), arrived=ARRIVED)
    (event,) = customers_events(
        [copy, MailCopy(raw=mail(**{"from": "ben@shop.example"}).as_bytes())], own_addresses("shop.example")
    )
    kept = orjson.loads(prepare(event).payload)
    worked_out = normalise(StoredEvent(event.key, ARRIVED, {**kept, "parties": None}), FACTS)
    monkeypatch.setattr(sys.modules[normalise.__module__], "parties_of", lambda *_: pytest.fail("once more"))
    assert normalise(StoredEvent(event.key, ARRIVED, kept), FACTS) == worked_out
    assert kept["parties"]["address"] == worked_out.claim.unverified[0].value


def test_a_group_of_our_own_is_no_newsletter():
    made = draft(mail(list_id="Help <help.shop.example>", precedence="list", list_post="<mailto:help@shop.example>"))
    assert made.touch.direction == "inbound"


# threads
def test_a_reply_hangs_under_the_question_it_answers():
    question = draft(mail()).touch.thread
    answer = mail(message_id="<a1@shop.example>", in_reply_to="<q1@customer.example>")
    again = mail(message_id="<q2@customer.example>", references="<q1@customer.example> <a1@shop.example>")
    other = mail(message_id="<other@customer.example>")
    assert draft(answer).touch.thread == draft(again).touch.thread == question
    assert draft(other).touch.thread != question
    assert question.startswith("mail:")
    assert len(question) <= 120
    assert not any(char.isdigit() for char in question)  # never taken for a card number


# who vouches for the sender
@pytest.mark.parametrize(
    "result",
    [
        BELIEVED,
        "mx.shop.example 1; spf=softfail; dmarc=pass (p=none; really) header.from=customer.example",
        "mx.shop.example; dkim=pass header.d=customer.example header.s=k1",
        'mx.shop.example; dkim=pass header.i="@customer.example"',
        "MX.shop.example; spf=pass smtp.mailfrom=bounces@customer.example",
        "mx.shop.example; dkim=fail header.d=customer.example; dkim=pass header.d=customer.example",
    ],
)
def test_a_sender_our_server_vouches_for_is_verified(result):
    made = draft(mail(authentication_results=result))
    assert (made.claim.handles, made.claim.unverified) == ((ANNA,), ())


@pytest.mark.parametrize(
    "result",
    [
        "",
        "mx.other.example; dmarc=pass header.from=customer.example",
        "mx.shop.example; dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example",
        "mx.shop.example; dmarc=pass header.from=evil.example",
        "mx.shop.example; dkim=pass header.d=evil.example",
        "mx.shop.example; dkim=pass header.d=example",
        "mx.shop.example; dkim=none; spf=neutral smtp.mailfrom=customer.example",
        "mx.shop.example (; dkim=pass header.d=customer.example); none",
        "mx.shop.example; xdkim=pass header.d=customer.example",
        'mx.shop.example; spf=pass smtp.mailfrom="a; dkim=pass header.d=customer.example "@evil.example',
        r'mx.shop.example; spf=pass smtp.mailfrom="a\"; dkim=pass header.d=customer.example "@evil.example',
        "mx.shop.example; dkim=pass reason=header.d=customer.example header.d=evil.example; dmarc=none",
    ],
)
def test_a_sender_nobody_vouches_for_is_a_claim(result):
    assert draft(mail(authentication_results=result)).claim.unverified == (ANNA,)


def test_only_what_our_server_wrote_last_counts():
    forged = raw(
        "Authentication-Results: mx.shop.example; dmarc=fail header.from=customer.example",
        "Authentication-Results: mx.shop.example; dmarc=pass header.from=customer.example",
        "From: anna@customer.example", "To: help@shop.example", "", "Hello",
    )  # fmt: skip
    assert draft(forged).claim.unverified == (ANNA,)


@pytest.mark.parametrize("second", ["From: evil@evil.example", "From: anna@customer.example, evil@evil.example"])
def test_two_senders_are_never_vouched_for(second):
    first = [] if "," in second else ["From: anna@customer.example"]
    made = draft(raw(f"Authentication-Results: {BELIEVED}", *first, second, "To: help@shop.example", "", "Hello"))
    assert made.claim.unverified == (ANNA,)


def test_without_a_name_to_believe_nobody_is_believed():
    settings = {**SETTINGS, "authority": ""}
    assert draft(mail(authentication_results=BELIEVED), settings=settings).claim.unverified == (ANNA,)
    assert not vouched(["; dmarc=pass header.from=customer.example"], "", "anna@customer.example")


def test_where_answers_go_is_never_vouched_for():
    headers = {"from": "noreply@customer.example"}
    made = draft(mail(**headers, reply_to="anna@customer.example", authentication_results=BELIEVED))
    assert made.claim.unverified == (ANNA,)


def test_a_name_that_pretends_to_be_an_address_is_not_shown():
    assert "name" not in draft(mail(**{"from": '"bank@bank.example" <anna@customer.example>'})).claim.traits


# machines
def test_an_automatic_reply_is_told_as_one():
    touch = draft(mail("I am away.", auto_submitted="auto-replied", subject="Automatic reply: My order")).touch
    assert (touch.kind, touch.direction, touch.title) == ("auto_reply", "internal", "Automatic reply: My order")
    assert (touch.verbatim, touch.body) == ("", "I am away.")


def bounce(action: str = "failed", *, headers: bool = False) -> EmailMessage:
    message = mail(None, **{"from": "Mail Delivery <mailer-daemon@mx.example>"}, auto_submitted="auto-replied")
    original = mail(
        **{"from": "help@shop.example", "to": "anna@customer.example"}, references="<q1@customer.example>",
        message_id="<a9@shop.example>", subject="Your invoice",
    )  # fmt: skip
    text = EmailMessage()
    text.set_content("Sorry.")
    status = (
        "Reporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; Anna@Customer.example\nAction: {action}\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such\n user\n"
    )
    kind, inner = ("text/rfc822-headers", original.as_string().partition("\n\n")[0]) if headers else (
        "message/rfc822", original.as_string()
    )  # fmt: skip
    message["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    message.set_payload(
        f"--b\n{text.as_string()}\n--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: {kind}\n\n{inner}\n--b--\n"
    )
    return message


@pytest.mark.parametrize("headers", [False, True], ids=["whole mail", "headers"])
def test_a_bounce_is_told_on_the_story_of_whom_we_could_not_reach(headers):
    made = draft(bounce(headers=headers))
    assert (made.claim.handles, made.claim.unverified) == ((), (ANNA,))
    touch = made.touch
    assert (touch.kind, touch.direction, touch.title) == ("bounce", "internal", "Not delivered: Your invoice")
    assert touch.body == "anna@customer.example\n550 5.1.1 No such user\n5.1.1"
    assert touch.thread == draft(mail()).touch.thread


@pytest.mark.parametrize(("action", "title"), [("delayed", "Delivery delayed"), ("delivered", "Delivered")])
def test_a_report_says_what_became_of_the_mail(action, title):
    assert draft(bounce(action)).touch.title == f"{title}: Your invoice"


def test_a_bounce_of_a_mail_among_ourselves_is_nobodys():
    with pytest.raises(Unintelligible):
        draft(bounce().as_bytes().replace(b"Anna@Customer.example", b"ben@shop.example"))


# what was newly written
@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Thank you!\n\nOn Mon, 2 Mar 2026 at 11:00, Shop <help@shop.example> wrote:\n> On its way.\n", "Thank you!"),
        ("Danke!\n\nAm 02.03.2026 um 11:00 schrieb Shop:\n> Unterwegs.\n", "Danke!"),
        ("Merci !\n\nLe 2 mars 2026 à 11:00, Shop a écrit :\n> En route.\n", "Merci !"),
        ("Yes.\n\nFrom: Shop\nSent: Monday, 2 March 2026\nTo: Anna\nSubject: My order\n\nShall we?", "Yes."),
        ("> Which colour?\nBlue.\n> Which size?\nLarge.", "> Which colour?\nBlue.\n> Which size?\nLarge."),
        ("Fine\n\n> quoted\n> quoted", "Fine"),
        ("> only a quotation", "> only a quotation"),
        ("", ""),
    ],
    ids=["English", "German", "French", "Outlook", "in between", "bare", "nothing else", "empty"],
)
def test_quoted_replies_are_left_out_of_the_words_and_kept_in_the_payload(text, new):
    touch = draft(mail(text)).touch
    assert touch.verbatim == new
    assert touch.payload["text"] == text.strip()


def test_who_only_sent_back_what_we_wrote_said_nothing():
    touch = draft(mail("On Mon, 2 Mar 2026 at 11:00, Shop <help@shop.example> wrote:\n\n> On its way.")).touch
    assert (touch.verbatim, touch.body) == ("", "Nothing but what was quoted.")
    sent_on = draft(mail("-----Original Message-----\nFrom: Shop\n\nOn its way.", subject="Fwd: My order")).touch
    assert sent_on.verbatim.endswith("On its way.")


def test_a_long_line_is_kept_whole():
    line = "word " * 2_000
    assert draft(mail(f"{line}\n\nOn Mon, 2 Mar 2026 at 11:00, Shop wrote:\n> x")).touch.verbatim == line.strip()


def test_a_mail_in_html_becomes_text():
    message = mail(None)
    message.set_content(
        "<html><head><title>T</title><style>p{}</style></head><body><p>Hello &amp; welcome,</p><p>a<br>b</p>"
        "<script>alert(1)</script><img src=x onerror=alert(1)><ul><li>one</li><li>two</li></ul>"
        "<div>On Mon, 2 Mar 2026 at 11:00, Shop &lt;help@shop.example&gt; wrote:</div>"
        "<blockquote><p>On its <b>way</b></p><blockquote>deeper</blockquote></blockquote></body></html>",
        subtype="html",
    )
    touch = draft(message).touch
    assert touch.verbatim == "Hello & welcome,\n\na\nb\n\none\ntwo"
    assert touch.payload["text"].endswith("wrote:\n>\n> On its way\n>\n> > deeper")
    assert "<" not in touch.payload["text"].replace("<help@shop.example>", "")


def test_plain_text_is_read_rather_than_html():
    message = mail("plain")
    message.add_alternative("<p>html</p>", subtype="html")
    assert draft(message).touch.verbatim == "plain"


def test_html_is_read_where_the_plain_text_is_empty():
    message = mail(" \n")
    message.add_alternative("<p>html</p>", subtype="html")
    assert draft(message).touch.verbatim == "html"


# attachments
def test_attachments_are_named():
    message = mail()
    message.add_attachment(b"%PDF" * 1000, maintype="application", subtype="pdf", filename="../../Rechnung März.pdf")
    message.add_attachment(b"x" * 3000, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    message.add_attachment(mail("inner", subject="What they sent"))
    touch = draft(message).touch
    assert touch.body == "Attached: Rechnung März.pdf (4 KB), winmail.dat (3 KB), What they sent"
    assert touch.verbatim == "Where is my order?"
    assert [one["type"] for one in touch.payload["attachments"]] == [
        "application/pdf", "application/ms-tnef", "message/rfc822",
    ]  # fmt: skip


# when
@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Mon, 02 Mar 2026 10:00:00 +0100", datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 10:00:00 -0000", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        ("Mon, 01 Jan 2035 10:00:00 +0000", ARRIVED),
        ("Thu, 01 Jan 1970 00:00:00 +0000", ARRIVED),
        ("", ARRIVED),
        ("yesterday", ARRIVED),
        ("Mon, 02 Mar 99999 10:00:00 +0000", ARRIVED),
        ("Fri, 31 Dec 9999 23:59:59 -2359", ARRIVED),
    ],
)
def test_a_date_that_cannot_be_gives_way_to_the_arrival(date, at):
    assert draft(mail(date=date)).touch.occurred_at == at


@pytest.mark.parametrize(
    "odd",
    [None, [], {}, {"from": "x"}, {"from": []}, {"from": [1, {"address": 2}]}, {"from": [{"address": None}]}],
    ids=["nothing", "list", "empty", "text", "nobody", "numbers", "null"],
)
def test_what_is_no_mail_is_not_understood(odd):
    with pytest.raises(Unintelligible):
        normalise(StoredEvent("key", ARRIVED, odd), FACTS)
