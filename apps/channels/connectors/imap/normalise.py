"""A mail of the envelope as a draft: whose it is, and what they or we wrote."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.connectors.imap.settings import Account
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.mail.authentication import vouched
from apps.channels.toolkit.mail.automatic import announcement
from apps.channels.toolkit.mail.headers import read_date
from apps.channels.toolkit.mail.parties import Parties, parties_of, puzzle_of
from apps.channels.toolkit.mail.quotations import is_forwarded, new_words
from apps.channels.toolkit.people import claim, emails, person
from apps.foundation.text.dates import EARLIEST, plausible
from apps.foundation.text.unread import unread
from apps.foundation.text.values import Event, mapping, mappings, prose, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

LONGEST_TEXT = 20_000  # characters on the timeline; the envelope has five times that
AHEAD = timedelta(minutes=5)  # by which a sender's clock may be ahead of the server's


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no mail, and for one that no customer has a part in."""
    mail = event.payload
    if not isinstance(mail, dict) or not isinstance(mail.get("from"), list):
        raise Unintelligible("It is not a mail.")
    account = Account.of(source.settings)
    found = Parties.kept_in(mail) or parties_of(mail, account.own)
    if found is None:
        raise Unintelligible(puzzle_of(mail, account.own) or "No customer wrote or got this mail.")
    if not mail["from"]:
        unread("sender", mail.get("sender"))
    at = occurred_at(mail, event.received_at)
    known = emails(found.address)
    sure = _is_sure(mail, found, account)
    who = claim(source, at, sure=known if sure else (), unsure=() if sure else known, traits=person(name=found.name))
    return Draft(who, _touch(event.key, mail, found, at, verified=sure))


def occurred_at(mail: Event, received_at: datetime) -> datetime:
    """When it was written, by its own date; by its arrival in the mailbox where it has none or one that cannot be."""
    arrived = read_date(mail.get("arrived"))
    written = read_date(mail.get("date"))
    if written is None or written < EARLIEST or (arrived and written > arrived + AHEAD):
        written = arrived
    return plausible(written, received_at)


def _is_sure(mail: Event, found: Parties, account: Account) -> bool:
    """Whether the address is more than a claim: we wrote it, or the receiving server vouches for its domain."""
    if not found.spoofable:
        return True
    single = mail.get("senders") == 1 and len(mappings(mail.get("from"))) == 1
    said = mail.get("authentication")
    results = [result for result in said if isinstance(result, str)] if isinstance(said, list) else []
    return found.sender and single and vouched(results, account.authority, found.address)


def _touch(key: str, mail: Event, found: Parties, at: datetime, *, verified: bool) -> InteractionDraft:
    text = _new_words(mail)[:LONGEST_TEXT]
    theirs = found.direction == Direction.INBOUND
    quoted = [_("Nothing but what was quoted.")] if theirs and not text and prose(mail.get("text"), 10) else []
    notes = "\n".join([*quoted, *_notes(mail, found)])
    return InteractionDraft(
        external_id=key,
        occurred_at=at,
        channel=Channel.EMAIL,
        kind=found.kind,
        direction=found.direction,
        title=_title(mail, found),
        body=notes if theirs else "\n\n".join(filter(None, ("" if found.kind == "bounce" else text, notes))),
        verbatim=text if theirs else "",
        touchpoint=found.ours[:80],
        staff_name=found.staff[:120],
        thread=words(mail.get("thread"), 120),
        payload=_payload(mail, found, verified),
    )


def _new_words(mail: Event) -> str:
    """What they wrote this time; of a mail that is sent on without a word, what is sent on."""
    text, subject = prose(mail.get("text"), 100_000), words(mail.get("subject"), 200)
    return new_words(text, subject) or (text if is_forwarded(subject) else "")


def _title(mail: Event, found: Parties) -> str:
    report = mapping(mail.get("report"))
    subject = words(report.get("subject") or mail.get("subject"), 180)
    if found.kind == "bounce":
        return _verdict(words(report.get("action"), 20)) % {"subject": subject or _("an e-mail of ours")}
    if found.kind == "auto_reply":
        said = (
            _("Automatic reply: %(subject)s") if mail.get("auto") == "replied" else _("Automatic e-mail: %(subject)s")
        )
        return said % {"subject": _unannounced(subject)}
    return subject or _("E-mail without a subject")


def _unannounced(subject: str) -> str:
    for _time in range(3):
        subject = subject.removeprefix(announcement(subject)).strip()
        subject = re.sub(r"^(?:re|auto)\s?:", "", subject, flags=re.IGNORECASE).strip()
    return subject


def _verdict(action: str) -> str:
    if action == "complained":
        return _("Reported as unwanted: %(subject)s")
    if action == "failed":
        return _("Not delivered: %(subject)s")
    return _("Delivery delayed: %(subject)s") if action == "delayed" else _("Delivered: %(subject)s")


def _notes(mail: Event, found: Parties) -> list[str]:
    """What is to be said besides the text."""
    notes: list[str] = []
    report = mapping(mail.get("report"))
    if found.kind == "bounce":
        notes += filter(None, [found.address, words(report.get("said"), 500), words(report.get("status"), 20)])
    if found.others:
        notes.append(_("Also to %(addresses)s") % {"addresses": ", ".join(found.others[:10])})
    silent = not prose(mail.get("text"), 10)  # then even the pictures of a page are something to see
    files = [file for file in mappings(mail.get("attachments")) if silent or not file.get("inline")]
    if files and found.kind != "bounce":
        notes.append(_("Attached: %(files)s") % {"files": ", ".join(_file(file) for file in files[:20])})
    if mail.get("cut") is True:
        notes.append(_("A large e-mail: only its text was fetched."))
    return notes


def _file(file: Event) -> str:
    size = file.get("size")
    kilobytes = round(size / 1024) if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0
    name = words(file.get("name"), 120)
    return _("%(name)s (%(size)d KB)") % {"name": name, "size": kilobytes} if kilobytes else name


def _payload(mail: Event, found: Parties, verified: bool) -> dict[str, Any]:
    kept = ("from", "to", "cc", "reply_to", "subject", "attachments", "folder", "message_id", "auto", "report")
    return {
        **{name: mail[name] for name in kept if mail.get(name)},
        "text": prose(mail.get("text"), LONGEST_TEXT),
        "customer": found.address,
        "verified": verified,
    }
