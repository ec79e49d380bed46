"""Mail to the people who work here. It leaves the house: never a customer's name, number or words in it."""

from collections.abc import Sequence
from email.mime.image import MIMEImage
from email.utils import make_msgid
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from apps.accounts.models import User


class MailPicture(NamedTuple):
    """A PNG shown inside the HTML as `<img src="cid:name">`."""

    name: str
    png: bytes


def reachable(person: User) -> bool:
    return person.is_active and "@" in person.email


def desk_address(path: str) -> str:
    """A page of ours as a link from outside; a bare path where `KLATSCH_PUBLIC_URL` is not set."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def send(
    to: User, subject: str, text: str, *, html: str = "", pictures: Sequence[MailPicture] = (), key: str = ""
) -> None:
    """Hand one mail to the server. `key` makes its Message-ID the same each time it is sent, so that a mail sent twice
    is one to most readers. Raises OSError and `smtplib.SMTPException` where the server does not take it."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    message = EmailMultiAlternatives(
        " ".join(subject.split()),  # a line break would begin another header
        text,
        to=[to.email],
        headers={
            "Message-ID": f"<{key}@{domain}>" if key else make_msgid(domain=domain),
            "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday notice answers it
        },
    )
    if html:
        message.attach_alternative(html, "text/html")
    for picture in pictures:
        message.attach(_inline(picture))
    if pictures:
        message.mixed_subtype = "related"  # type: ignore[attr-defined]  # not in the stubs
    message.send()


def _inline(picture: MailPicture) -> MIMEImage:
    part = MIMEImage(picture.png, "png")
    part.add_header("Content-ID", f"<{picture.name}>")
    part.add_header("Content-Disposition", "inline", filename=f"{picture.name}.png")
    return part
