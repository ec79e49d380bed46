"""What somebody fills in to connect a mailbox, and which addresses are our own."""

import pytest

from apps.channels.connectors.imap.settings import Account, MailboxForm, wanted_folders
from apps.channels.toolkit.mail.parties import own_addresses


def test_our_own_addresses_are_told_from_domains():
    own = own_addresses("shop.example, @help.example\nteam@gmail.com; user")
    held = ("a@shop.example", "A@MAIL.shop.example", "b@help.example", "team@gmail.com")
    assert [address for address in held if not own.holds(address)] == []
    foreign = ("a@notshop.example", "other@gmail.com", "shop.example@evil.example", "user", "")
    assert [address for address in foreign if own.holds(address)] == []


def test_the_user_name_is_an_address_of_ours_and_the_password_is_never_shown():
    account = Account.of({"host": "h", "user": "help@shop.example", "password": "hidden-word"})
    assert account.own.holds("help@shop.example")
    assert "hidden-word" not in repr(account)
    assert (account.port, account.folders) == (993, ("INBOX", "Sent"))


@pytest.mark.parametrize(
    ("text", "folders"),
    [("", ("INBOX", "Sent")), ("all", ()), ("INBOX, Re turns,INBOX", ("INBOX", "Re turns"))],
    ids=["usual", "all", "named"],
)
def test_folders_are_named_with_commas_between_them(text, folders):
    assert wanted_folders(text) == folders


def form(**values: object) -> MailboxForm:
    given = {"host": "imap.shop.example", "security": "tls", "user": "u", "password": "p", "folders": "INBOX"}
    return MailboxForm({**given, **values})


def test_the_form_knows_the_usual_ports():
    for security, port in (("tls", 993), ("starttls", 143)):
        filled = form(security=security)
        assert filled.is_valid(), filled.errors
        assert filled.cleaned_data["port"] == port


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "https://imap.shop.example"),
        ("host", "imap.shop.example:993"),
        ("own", "shop.example, gmail.com"),
        ("password", "a\r\nb LOGOUT"),
        ("port", 70_000),
    ],
)
def test_the_form_refuses_what_cannot_be(field, value):
    assert field in form(**{field: value}).errors
