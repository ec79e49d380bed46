"""Whose a mail is, however its sender is written; what nobody can read is set aside with its reason, never lost."""

import pytest

from apps.channels.connectors.imap.pull import customers_events
from apps.channels.contract import Unintelligible
from apps.channels.toolkit.mail.message import MailCopy
from apps.channels.toolkit.mail.parties import own_addresses
from apps.customers.drafts import Handle
from apps.foundation.text.unread import Mark, collected
from tests.channels.connectors.mails import draft, mail, raw

OWN = own_addresses("shop.example")
ANNA = (Handle("email", "anna@customer.example"),)
REST = ("To: help@shop.example", "Subject: Kettle", "Message-ID: <k1@customer.example>", "", "It leaks.")


def events(*lines: str | bytes):
    return customers_events([MailCopy(raw=raw(*lines))], OWN)


@pytest.mark.parametrize(
    "sender",
    [
        "From: anna@customer.example <anna@customer.example>",
        "From: Anna (home, sick) <anna@customer.example>",
        "From: Anna (a (b, c), d) <anna@customer.example>",
        "From: Anna <anna@customer.example>;",
        "From: Anna anna@customer.example",
        "From: anna@customer.example (Anna, of Berlin)",
        "From: Doe, Anna <anna@customer.example>",
        'From: "Anna <anna@customer.example>',
        "From: Anna <anna@customer.example",
        "From: <mailto:anna@customer.example>",
        "From : Anna <anna@customer.example>",
        "FROM\t: anna@customer.example",
        "X Scan: clean\r\nFrom: anna@customer.example",
        "X-Long: one\r\ntwo\r\nFrom: anna@customer.example",
        ">From anna@customer.example Mon Mar  2 11:00:00 2026\r\nFrom: anna@customer.example",
        "From anna@customer.example Mon Mar  2 11:00:00 2026\r\nFrom: anna@customer.example",
        "\r\nFrom: anna@customer.example",
        "\ufeffFrom: anna@customer.example",
        "From: =?utf-8?Q?Anna_=3Canna=40customer=2Eexample=3E?=",
        "From: =?utf-8?B?QW5uYSA8YW5uYUBjdXN0b21lci5leGFtcGxlPg==?=",
        "From: =?utf-8?Q?anna=40customer=2Eexample?=",
        "From: Anna\r\n <anna@customer.example>",
        "Sent by: the gateway of a provider\r\nFrom: anna@customer.example",
        "From:anna@customer.example",
    ],
)
def test_a_sender_is_read_where_a_person_can_read_it(sender):
    assert draft(raw(sender, *REST)).claim.unverified == ANNA
    (event,) = events(sender, *REST)
    assert not event.refused


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("From: Anna of Berlin", "cannot be read: Anna of Berlin"),
        ("From: Anna <anna at customer dot example>", "cannot be read: Anna <anna at"),
        ("From: =?utf-8?Q?Anna?=", "cannot be read: =?utf-8?Q?Anna?="),
        ("From: Anna <>", "cannot be read: Anna <>"),
        ("From: anna@customer", "cannot be used: anna@customer"),
        ("X-Nothing: here", "does not say who sent it"),
    ],
)
def test_a_sender_nobody_can_read_is_set_aside_with_its_reason(sender, reason):
    (event,) = events(sender, *REST)
    assert reason in event.refused
    with pytest.raises(Unintelligible, match=reason.replace("?", r"\?").replace("<", "<")):
        draft(raw(sender, *REST))


def test_whose_sender_cannot_be_read_is_known_by_where_answers_go():
    with collected() as marks:
        assert draft(raw("From: Anna of Berlin", "Reply-To: anna@customer.example", *REST)).claim.unverified == ANNA
    assert marks == [Mark("sender", "Anna of Berlin")]


@pytest.mark.parametrize(
    "headers",
    [
        {"from": "ben@shop.example"},
        {"from": "noreply@vendor.example"},
        {"from": "news@vendor.example", "list_unsubscribe": "<https://vendor.example/u>"},
        {"from": "The news of Vendor", "list_id": "<news.vendor.example>"},
        {"from": "root@localhost"},
    ],
    ids=["colleague", "noreply", "newsletter", "newsletter of nobody", "machine"],
)
def test_what_is_rightly_nobodys_fills_no_quarantine(headers):
    assert customers_events([MailCopy(raw=mail(**headers).as_bytes())], OWN) == []


MIA = (Handle("email", "mia@customer.example"),)


@pytest.mark.parametrize(
    "headers",
    [
        ("Reply-To: Mia <mia@customer.example>",),
        ("X-Original-From: Mia <mia@customer.example>",),
        ("X-Original-Sender: mia@customer.example", "Reply-To: help@shop.example"),
        ("X-Original-From: mia@customer.example", "Reply-To: Ben <ben@other.example>"),
    ],
)
@pytest.mark.parametrize(
    "reached", ["help@shop.example", "Help <help@shop.example>, ben@other.example", "ben@other.example"]
)
def test_what_came_via_a_group_of_ours_is_theirs(headers, reached):
    made = draft(
        raw("From: 'Mia' via Help <help@shop.example>", *headers, f"To: {reached}", "Subject: x", "", "It leaks.")
    )
    assert (made.claim.unverified, made.claim.handles, made.touch.direction) == (MIA, (), "inbound")
    assert (made.claim.traits["name"], made.touch.verbatim) == ("Mia", "It leaks.")


def test_whoever_is_only_named_by_a_group_of_ours_is_set_aside():
    (event,) = events(
        "From: 'Mia' via Help <help@shop.example>", "To: help@shop.example, ben@other.example", "Subject: x", "", "Hi"
    )
    assert event.refused.startswith("A group of ours sent it on")
    made = draft(raw("From: 'mia@customer.example' via Help <help@shop.example>", "To: help@shop.example", "", "Hi"))
    assert made.claim.unverified == MIA
    ours = draft(raw("From: Ben via Help <help@shop.example>", "To: mia@customer.example", "", "Hi"))
    assert (ours.claim.unverified, ours.touch.direction) == (MIA, "outbound")


def test_our_own_mail_with_another_address_for_answers_stays_ours():
    made = draft(
        raw("From: Help <help@shop.example>", "Reply-To: box@tickets.example", "To: mia@customer.example", "", "Hi")
    )
    assert (made.claim.unverified, made.touch.direction) == (MIA, "outbound")


def test_a_quoted_local_part_is_an_address():
    (event,) = events('From: "a b"@example.org', *REST)
    assert not event.refused
    (handle,) = draft(raw('From: "a b"@example.org', *REST)).claim.unverified
    assert handle.value == '"a b"@example.org'
