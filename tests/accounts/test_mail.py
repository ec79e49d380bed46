"""Mail to colleagues, taken by a real server."""

import email
from email import policy

import pytest
from aiosmtpd.controller import Controller

from apps.accounts.mail import MailPicture, desk_address, reachable, send
from tests.factories.accounts import UserFactory
from tests.stack import free_port

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f0000010401005fe5c3890000000049454e44ae426082"
)


class Postbox:
    """What the server has taken."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def postbox(settings):
    box = Postbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    settings.DEFAULT_FROM_EMAIL = "Klatsch <desk@company.example>"
    yield box
    server.stop()


@pytest.fixture
def ada():
    return UserFactory.build(email="ada@company.example")


def test_a_mail_with_a_picture_arrives_whole(postbox, ada):
    html = '<img src="cid:trend" alt="Trend">'
    send(ada, "Two\nlines: Größe", "In words", html=html, pictures=[MailPicture("trend", PNG)], key="digest-1")
    (message,) = postbox.messages
    assert (message["To"], message["Subject"]) == ("ada@company.example", "Two lines: Größe")
    assert message["Message-ID"] == "<digest-1@company.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().strip() == "In words"
    assert 'src="cid:trend"' in message.get_body(("html",)).get_content()
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<trend>"
    assert picture.get_content() == PNG


def test_a_server_that_is_not_there_is_an_error(postbox, ada, settings):
    settings.EMAIL_PORT = 1
    with pytest.raises(OSError, match="refused"):
        send(ada, "Subject", "Text")


def test_who_can_be_written_to(ada):
    assert reachable(ada)
    assert not reachable(UserFactory.build(email=""))
    assert not reachable(UserFactory.build(email="ada@company.example", is_active=False))


def test_links_lead_to_the_desk_from_outside(settings):
    settings.PUBLIC_URL = "https://desk.example.com/"
    assert desk_address("/desk/") == "https://desk.example.com/desk/"
