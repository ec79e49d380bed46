"""Account statements as banks offer them for download: OFX 1 (SGML) and OFX 2 (XML), also known as QFX.

Format: "Open Financial Exchange" 1.6 and 2.2, section 11.4 (statement download). docs/connectors/ofx.md tells what
becomes of a transaction.
"""

from collections.abc import Iterator
from typing import IO

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.ofx import wire
from apps.channels.connectors.ofx.normalise import normalise
from apps.channels.contract import About, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.bank_accounts import CUSTOMER, StatementForm
from apps.channels.toolkit.files.drop import FilePush
from apps.interactions.drafts import Draft


class OfxForm(StatementForm):
    whose = forms.ChoiceField(
        label=StatementForm.base_fields["whose"].label,
        choices=StatementForm.base_fields["whose"].choices,  # type: ignore[attr-defined]
        initial=CUSTOMER,
        help_text=_(
            "It decides who a transaction is about. On accounts of our own only transfers whose file names the other "
            "account can be told; many banks leave it out."
        ),
    )


class Ofx(FilePush):
    """`FileConnector` and `PushConnector`."""

    about = About(
        name=_("Bank statements (OFX)"),
        summary=_("Withdrawals, card payments and transfers from OFX and QFX files."),
        group="bank",
        icon="landmark",
        steps=(
            _("Have the statements delivered as OFX files to a folder or bucket, and name it here."),
            _("Or post each file to {address}statement.ofx with the key below as bearer token."),
        ),
        settings_form=OfxForm,
        known=frozenset({"account", "currency", "transaction", "file"}),
    )

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        return wire.read(file, name, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
