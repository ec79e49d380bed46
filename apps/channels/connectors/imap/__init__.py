"""Mailboxes at any provider that speaks IMAP: what customers write to us, and what we write to them.

Formats: RFC 3501 (IMAP4rev1), RFC 2177 (IDLE), RFC 7162 (CONDSTORE), RFC 5322 and MIME (mails), RFC 3464 (delivery
reports), RFC 3834 (automatic answers), RFC 8601 (Authentication-Results). docs/connectors/imap.md says what becomes
of each mail.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.channels.connectors.imap import idle
from apps.channels.connectors.imap import pull as reader
from apps.channels.connectors.imap.connection import connected
from apps.channels.connectors.imap.folders import chosen_folders, mails_in
from apps.channels.connectors.imap.normalise import normalise
from apps.channels.connectors.imap.settings import Account, MailboxForm
from apps.channels.contract import About, EventPage, ReadRange, Secret, SourceFacts, StoredEvent, Words
from apps.interactions.drafts import Draft


class Imap:
    """`WatchConnector`: asked every few seconds, and told at once while `manage.py watch` runs."""

    about = About(
        name=_("Mailbox (IMAP)"),
        summary=_("E-mails from and to customers, within seconds, with their replies in one thread."),
        group="mail",
        icon="mail",
        secret=Secret.NONE,
        steps=(
            _("Allow IMAP for the mailbox at your provider, and make an app password where it has them."),
            _("Fill in the server, the user name and that password below."),
            _("Name your own addresses or domains, so that your own e-mails are told from your customers'."),
        ),
        every=20,
        settings_form=MailboxForm,
    )

    def check(self, source: SourceFacts) -> Words:
        account = Account.of(source.settings)
        with connected(account) as client:
            folders = chosen_folders(client, account)
            mails = mails_in(client, folders)
        found = ngettext("%(count)d e-mail", "%(count)d e-mails", mails) % {"count": mails}
        return ngettext("%(found)s in %(count)d folder.", "%(found)s in %(count)d folders.", len(folders)) % {
            "found": found,
            "count": len(folders),
        }

    def streams(self, source: SourceFacts) -> Sequence[str]:
        account = Account.of(source.settings)
        with connected(account) as client:
            return [folder.name for folder in chosen_folders(client, account)]

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        return reader.pull(source, read_range)

    def watch(self, source: SourceFacts) -> Iterator[str]:
        return idle.watch(source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
