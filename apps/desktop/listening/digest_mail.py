"""The weekly digest as a mail: figures and two pictures. Nobody's words leave the house; a link leads to them."""

from smtplib import SMTPException
from typing import Any

import resvg_py
import structlog
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.mail import MailPicture, desk_address, reachable, send
from apps.desktop.listening.digest import figures
from apps.insights.calendar import today, week_before, week_of
from apps.insights.digest.actions import address_mails, begin_mail, close_week, end_mail, is_over, mails_to_send
from apps.insights.models import Digest, DigestMail

log = structlog.get_logger(__name__)
SHARP = 2  # pixels a unit, for screens that show them


def send_digests() -> int:
    """Mail the last week that is over to whoever asked and has not had it; how many went. Again: none. None either
    while the sweep has not taken in that week: it is asked again."""
    week = week_before(week_of(today()))
    if not is_over(week):
        return 0
    digest = close_week(week)
    address_mails(digest)
    return sum(_send(digest, mail) for mail in mails_to_send(digest))


def _send(digest: Digest, mail: DigestMail) -> bool:
    """One mail, if nobody else has begun it. What the server refuses is tried again later."""
    if not reachable(mail.person) or not begin_mail(mail):
        return False
    try:
        with translation.override(mail.person.language or None):
            _write(digest, mail)
    except (OSError, SMTPException) as error:
        log.warning("digest.not_sent", mail=mail.pk, error=type(error).__name__)
        end_mail(mail, sent=False)
        return False
    end_mail(mail, sent=True)
    return True


def _write(digest: Digest, mail: DigestMail) -> None:
    context = {**figures(digest.content), "address": desk_address(reverse("digest", args=[digest.week]))}
    send(
        mail.person,
        gettext("What customers said, %(week)s") % {"week": context["title"]},
        render_to_string("desktop/listening/digest_mail.txt", context),
        html=render_to_string("desktop/listening/digest_mail.html", context),
        pictures=[MailPicture("days", png("days", context)), MailPicture("weeks", png("weeks", context))],
        key=f"digest-{digest.week}-{mail.pk}",
    )


def png(name: str, context: dict[str, Any]) -> bytes:
    """A drawing of the page as a picture. It has no letters: those would need fonts."""
    svg = render_to_string(f"desktop/listening/digest_pictures.html#{name}", context)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=SHARP))
