"""Bank statements and notifications in XML: camt.052, camt.053 and camt.054 of any version.

Format: "Bank-to-Customer Cash Management" of ISO 20022 (BankToCustomerAccountReport, BankToCustomerStatement,
BankToCustomerDebitCreditNotification). docs/connectors/camt.md tells what becomes of an entry.
"""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.camt import wire
from apps.channels.connectors.camt.normalise import normalise
from apps.channels.contract import About, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.bank_accounts import StatementForm
from apps.channels.toolkit.files.drop import FilePush
from apps.interactions.drafts import Draft


class Camt(FilePush):
    """`FileConnector` and `PushConnector`."""

    about = About(
        name=_("Bank statements (camt)"),
        summary=_("Who paid, what was paid back, what was withdrawn: camt.052, .053 and .054 files of any bank."),
        group="bank",
        icon="landmark",
        steps=(
            _("Have the bank's statements delivered as camt files to a folder or bucket, and name it here."),
            _("Or post each file to {address}statement.xml with the key below as bearer token."),
        ),
        settings_form=StatementForm,
        known=frozenset({"account", "entry", "details", "batch", "statement", "message", "file", "NtryRef"}),
    )

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        return wire.read(file, name, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
