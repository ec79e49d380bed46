"""What tills write: POSLog XML, versions 2 to 6, as NCR, Toshiba, Retalix and others export it.

Format: "POSLog" of the Association for Retail Technology Standards (NRF ARTS, now OMG retail/2017-07-13).
docs/connectors/poslog.md tells what becomes of a receipt.
"""

from collections.abc import Iterator
from typing import IO

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.poslog import wire
from apps.channels.connectors.poslog.normalise import normalise
from apps.channels.contract import About, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush
from apps.interactions.drafts import Draft


class PosLogForm(FilePlaceForm):
    loyalty = forms.ChoiceField(
        label=_("Loyalty account"),
        required=False,
        choices=[
            (wire.CARD, _("It is the customer's own number, as on their card")),
            (wire.PROGRAMME, _("It names the programme, and is the same for everybody")),
        ],
        help_text=_("What the tills write as LoyaltyAccountID. Taken for a customer's number, it joins people."),
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Three letters, such as EUR: of receipts that name none."),
    )


class PosLog(FilePush):
    """`FileConnector` and `PushConnector`."""

    about = About(
        name=_("Tills (POSLog)"),
        summary=_("Purchases and returns in stores, of customers who showed their loyalty card or gave their name."),
        group="store",
        icon="store",
        steps=(
            _("Have the tills or the store server write POSLog files to a folder or bucket, and name it here."),
            _("Or post each file to {address}poslog.xml with the key below as bearer token."),
            _("Set the time zone of the source to that of the stores: tills write local time."),
        ),
        settings_form=PosLogForm,
        known=frozenset({"transaction", "loyaltyNumber", "customer", "file"}),
    )

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        return wire.read(file, name, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
