"""A mapping is proposed from what exports look like, with a reason for every line."""

import io
from datetime import UTC, datetime

import pytest
import yaml

from apps.channels.connectors.drop.formats import rows
from apps.channels.contract import SourceFacts
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.proposal import as_yaml, propose
from tests.channels.connectors.exports import EXPORTS

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
# What must be found; other lines may be there.
EXPECTED = {
    "orders_export.csv": {"id": "Name", "only": "Total", "when": "Created at", "amount": "Total",
                          "currency": "Currency", "channel": "order", "who.email": "Email", "who.unsure.phone": "Phone",
                          "traits.name": "Billing Name", "traits.country": "Billing Country"},
    "unified_payments.csv": {"id": "id", "version": "Status", "when": "Created date (UTC)", "amount": "Amount",
                             "channel": "payment", "who.user_id": "Customer ID", "who.email": "Customer Email"},
    "umsaetze.csv": {"when": "Buchungstag", "format": "day first", "amount": "Betrag (EUR)", "decimal": "comma",
                     "currency": "EUR", "channel": "payment", "who.account": "IBAN", "body": "{Verwendungszweck}"},
    "call list.csv": {"when": "{Call Date} {Call Time}", "format": "month first", "channel": "voice",
                      "who.unsure.phone": "Caller Number", "direction": "{Direction}", "link": "Recording URL",
                      "title": "Call · {Reason}"},
    "subscribed_members_export.csv": {"who.email": "Email Address", "traits.first_name": "First Name",
                                      "traits.since": "OPTIN_TIME", "when": "LAST_CHANGED"},
    "loyalty members.csv": {"who.loyalty": "Membership No", "who.email": "E-mail", "who.unsure.phone": "Mobile",
                            "traits.tier": "Tier", "traits.since": "Member Since", "format": "day first"},
    "auftraege.csv": {"id": "Auftragsnr", "when": "Auftragsdatum", "amount": "Gesamtbetrag", "decimal": "comma",
                      "currency": "Währung", "who.user_id": "Kundennummer", "traits.name": "Kundenname",
                      "traits.city": "Ort", "traits.country": "Land", "channel": "order", "version": "Status"},
    "commandes.csv": {"id": "N° de commande", "when": "Date de commande", "format": "day first", "decimal": "comma",
                      "amount": "Montant TTC", "currency": "EUR", "who.email": "Adresse e-mail",
                      "traits.first_name": "Prénom", "traits.last_name": "Nom", "channel": "order"},
    "tickets tienda.csv": {"id": "Nº de ticket", "when": "{Fecha} {Hora}", "amount": "Importe", "currency": "Moneda",
                           "who.loyalty": "Tarjeta de fidelidad", "channel": "store", "touchpoint": "{Tienda}"},
    "survey export.csv": {"id": "Response ID", "when": "Submitted At", "who.unsure.email": "Email",
                          "verbatim": "Comment",
                          "score": "How likely are you to recommend us? (NPS)", "scale": 10, "channel": "survey"},
    "tickets.csv": {"id": "Ticket ID", "when": "Created At", "who.unsure.email": "Requester Email", "version": "Status",
                    "title": "Ticket {Ticket ID} · {Subject} · {Status}", "thread": "ticket:{Ticket ID}"},
    "us orders.csv": {"id": "order_id", "when": "order_date", "format": "month first", "amount": "total",
                      "currency": "USD", "who.user_id": "customer_id", "who.unsure.phone": "phone"},
    "shop events": {"id": "id", "reference": "data.order_number", "when": "created", "amount": "data.total",
                    "who.user_id": "data.customer.id", "who.email": "data.customer.email", "channel": "order"},
}  # fmt: skip
WITHOUT_TOUCH = {"subscribed_members_export.csv", "loyalty members.csv"}


def rows_of(name):
    return [row.content for row in rows(io.BytesIO(EXPORTS[name]))]


def flat(mapped, above=""):
    lines = {}
    for key, written in mapped.items():
        lines |= flat(written, f"{above}{key}.") if isinstance(written, dict) else {f"{above}{key}": written}
    return lines


@pytest.mark.parametrize("name", EXPORTS)
def test_the_columns_of_well_known_exports_are_understood(name):
    found = flat(propose(rows_of(name), name).mapping)
    assert {key: found.get(key) for key in EXPECTED[name]} == EXPECTED[name]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_row_can_be_told_as_proposed(name):
    compiled = mapping.compile(propose(rows_of(name), name).mapping)
    source = SourceFacts(1, "shop", "drop", region="GB")
    drafts = [compiled.apply(row, "k", NOON, source) for row in rows_of(name) if compiled.wants(row)]
    assert len(drafts) == 2
    assert compiled.missing(rows_of(name)) == {}
    assert all((draft.touch is None) == (name in WITHOUT_TOUCH) for draft in drafts)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_line_has_its_reason_and_is_written_as_yaml(name):
    proposed = propose(rows_of(name), name)
    missing = set(flat(proposed.mapping)) - set(proposed.why)
    assert missing == set()
    assert yaml.safe_load(as_yaml(proposed)) == proposed.mapping


def test_a_guess_about_dates_is_called_one():
    proposed = propose([{"email": "a@x.example", "order id": "1", "date": "03/04/2026", "total": "5"}])
    assert proposed.why["format"].startswith("A guess")


def test_nobody_is_made_up_where_no_column_tells_who():
    assert "who" not in propose([{"product": "Cups", "price": "3.50"}]).mapping


def test_nothing_is_proposed_from_nothing():
    assert propose([]).mapping.get("who") is None
