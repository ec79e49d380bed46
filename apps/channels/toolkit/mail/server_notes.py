"""Delivery reports that are only text, as qmail, Exim, Exchange, Postfix and Sendmail write them. Pure functions.

A text alone is no evidence: somebody may ask a shop why mails are returned. The sender must be a mail server, or nobody
(an empty Return-Path), and subject or text must say what such servers say.
"""

import re
from dataclasses import dataclass
from email.message import Message

from apps.channels.toolkit.mail.bodies import text_of
from apps.channels.toolkit.mail.headers import people, value, words
from apps.channels.toolkit.mail.quotation_words import any_of, phrases

LOOKED_AT = 20_000  # characters
SERVERS = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|microsoftexchange\w*|mail-?delivery\S*|bounces?)[+@]"
)
RETURNED = re.compile(any_of(phrases("""
    undelivered | undeliverable | not delivered | not be delivered | delivery status notification |
    delivery has failed | delivery failure | delivery failed | delivery incomplete | delivery delayed |
    mail delivery subsystem | message delivery failed | returned mail | returned to sender | failure notice |
    delivery to the following | non-delivery | nondelivery | couldn't be delivered | couldn’t be delivered |
    did not reach | permanent error | permanent fatal error | warning: could not send | warning: message |
    unzustellbar | nicht zugestellt | zustellung fehlgeschlagen | zustellfehler | nicht zustellen | non remis |
    échec de remise | échec de la remise | n'a pas pu être remis | n'a pas été remis | n'a pas pu être distribué |
    no se ha podido entregar | no se pudo entregar | no entregado | não entregue | não foi entregue |
    mancato recapito | non recapitabile | non consegnat | onbestelbaar | niet bezorgd | niet worden bezorgd |
    niet afgeleverd | kunde inte levereras | olevererat | kunne ikke leveres | ikke leveret | ei voitu toimittaa |
    nie dostarczono | niedostarczon | nedoručiteln | kézbesíthetetlen | teslim edilemedi | не доставлено |
    недоставленное | не удалось доставить | 配信不能 | 送信できません | 无法投递 | 退信 | 無法傳遞 | 배달할 수 없 |
    배달되지
""")), re.IGNORECASE)  # fmt: skip
DELAYED = re.compile(any_of(phrases("""
    delayed | deferred | will be retried | will keep trying | will continue to | still being retried | verzögert |
    warning: could not send | warning: message | retardé | retrasad | vertraagd | not yet been delivered
""")), re.IGNORECASE)  # fmt: skip
GAVE_UP = re.compile(r"gave up|giving up|permanent|failed|undeliverable|could not be delivered", re.IGNORECASE)
COPIES = phrases("""
    below this line is a copy | this is a copy of the | a copy of the message | a copy of the original message |
    original message | message headers follow | the original message | the header of the | unsent message below |
    included is | included below | ursprüngliche | en-têtes | your message headers | transcript of session
""")
COPY = re.compile(rf"^[-\s]{{0,20}}(?:{any_of(COPIES)}).{{0,120}}$", re.IGNORECASE | re.MULTILINE)
ADDRESS = r"[^\s<>()\[\],;:\"'@]{1,80}@[^\s<>()\[\],;:\"'@]{1,120}\.[a-z0-9-]{2,24}"
AT_START = re.compile(
    rf"^[ \t]{{0,8}}[<'\"]?({ADDRESS})[>'\"]?(?:[ \t]*$|:|[ \t]+(?:on|\(|-|–|via|\.\.\.))", re.IGNORECASE | re.MULTILINE
)
NAMED = re.compile(rf"[<(\[']({ADDRESS})[>)\]']|(?:to|an|à|recipients?|for):?[ \t]{{1,4}}({ADDRESS})", re.IGNORECASE)
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
REASON = re.compile(r"(?<!\d)[45]\d\d[ -][^\r\n]{3,300}")
REMOTE = re.compile(
    r"^[ \t]*(?:remote host said|reason|grund|said|smtp error[^:\n]{0,80})[: ]+(\S[^\n]{2,300})",
    re.IGNORECASE | re.MULTILINE,
)
MOST = 50


@dataclass(frozen=True, slots=True)
class ServerNote:
    """What a server says of a mail, and to whom it did not get; `original` is what follows of the mail itself."""

    recipients: tuple[str, ...]
    action: str = "failed"
    status: str = ""
    said: str = ""
    original: str = ""


def note_of(message: Message) -> ServerNote | None:
    """None for what is no such report."""
    failed = tuple(person["address"] for person in people(message, "x-failed-recipients"))
    if not failed and not _is_from_a_server(message):
        return None
    subject, text = words(message, "subject"), text_of(message)[0][:LOOKED_AT]
    above, original = _parted(text)
    if (
        not RETURNED.search(subject)
        and not RETURNED.search(above)
        and not (failed and not value(message, "in-reply-to"))
    ):
        return None
    delayed = bool(DELAYED.search(f"{subject}\n{above}")) and not GAVE_UP.search(f"{subject}\n{above}")
    status, reason = STATUS.search(above), REASON.search(above) or REMOTE.search(above)
    return ServerNote(
        recipients=failed or _recipients(above, message),
        action="delayed" if delayed else "failed",
        status=status[0] if status else "",
        said=" ".join((reason[1] if reason.re is REMOTE else reason[0]).split())[:500] if reason else "",
        original=original,
    )


def _is_from_a_server(message: Message) -> bool:
    senders = [person["address"] for person in people(message, "from")]
    return any(SERVERS.match(address) for address in senders) or value(message, "return-path") == "<>"


def _parted(text: str) -> tuple[str, str]:
    """What the server says, and what it adds of the mail."""
    copy = COPY.search(text)
    return (text[: copy.start()], text[copy.end() :].lstrip()) if copy else (text, "")


def _recipients(text: str, message: Message) -> tuple[str, ...]:
    """Addresses at the beginning of lines, as most servers write them; else all in brackets. Never its own."""
    own = {person["address"] for name in ("from", "to") for person in people(message, name)}
    for pattern in (AT_START, NAMED):
        found = dict.fromkeys(next(filter(None, groups.groups())).lower() for groups in pattern.finditer(text))
        outside = tuple(address for address in found if address not in own)
        if outside:
            return outside[:MOST]
    return ()
