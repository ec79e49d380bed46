"""What kind of thing the rows of a source tell, and how each would be told. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.channels.toolkit.mapping.columns import SourceColumn
from apps.channels.toolkit.mapping.expressions import DOT
from apps.foundation.text.numbers import decimal

Parts = Mapping[str, SourceColumn]


@dataclass(frozen=True, slots=True)
class RowStory:
    """One kind of thing. `words` are looked for in the names of the columns and of the file; `needs` are parts one of
    which must be there; `says` are the parts that follow the title's beginning, `body_parts` those of the body."""

    kind: str
    channel: str
    begins: str | Promise
    words: tuple[str, ...]
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    number: bool = True  # its own number stands in the title and is quoted
    changes: bool = False  # its rows come again with another status
    thread: str = ""
    direction: str = "inbound"

    def lines(self, parts: Parts, quoted: SourceColumn | None) -> dict[str, tuple[Any, str]]:
        """The lines of a mapping that say what happened, each with its reason. `quoted` is the number people quote."""
        said = {name: column for name, column in parts.items() if column.fits_into_braces}
        number = quoted if quoted and self.number and quoted.fits_into_braces else None
        found = {
            "channel": (self.channel, _("The columns look like those of: %(kind)s.") % {"kind": self.kind}),
            "kind": (self.kind, _("A word for it, by which it can be found again.")),
            "title": (self._title(said, number), _("What an agent reads first.")),
        }
        body = self._body(said)
        if body:
            found["body"] = (body, _("What an agent reads next."))
        if number and self.thread:
            found["thread"] = (f"{self.thread}:{_braced(number)}", _("Rows with the same number belong together."))
        if "comment" in parts:
            found["verbatim"] = (parts["comment"].place, _("The customer's own words."))
        if "touchpoint" in said:
            found["touchpoint"] = (_braced(said["touchpoint"]), _("Where it was."))
        for key in ("link", "ended"):
            if key in parts:
                found[key] = (parts[key].place, _("“%(it)s” says so.") % {"it": parts[key].label})
        return found | self._score(parts) | self._direction(said)

    def _title(self, said: Parts, number: SourceColumn | None) -> str:
        begins = f"{self.begins} {_braced(number)}" if number else str(self.begins)
        if self is OTHER and "event" in said:
            begins = _braced(said["event"])
        following = [_braced(said[name]) for name in self.says if name in said and said[name] is not number]
        if self.kind == "survey" and "score" in said:
            following = [_("%(score)s of %(best)s") % {"score": following[0], "best": best_score(said["score"])}]
        return DOT.join([begins, *following])

    def _body(self, said: Parts) -> str:
        """Each part on a line of its own, with the name of its column where the value alone would say nothing."""
        lines = []
        for name in self.body_parts:
            if name == "quantity" and {"quantity", "product"} <= said.keys():
                lines.append(f"{_braced(said['quantity'])} \u00d7 {_braced(said['product'])}")
            elif name in said:
                speaks = name in {"note", "product", "subject"}
                lines.append(_braced(said[name]) if speaks else f"{said[name].label}: {_braced(said[name])}")
        return "\n".join(lines)

    def _score(self, parts: Parts) -> dict[str, tuple[Any, str]]:
        if self.kind != "survey" or "score" not in parts:
            return {}
        best = best_score(parts["score"])
        why = _("No score here is above five.") if best == 5 else _("Scores go up to ten.")
        said = _("“%(it)s” says how content they are.") % {"it": parts["score"].label}
        return {"score": (parts["score"].place, said), "scale": (best, why)}

    def _direction(self, parts: Parts) -> dict[str, tuple[str, str]]:
        column = parts.get("direction")
        if column and {text.lower() for text in column.texts} <= {"inbound", "outbound"}:
            return {"direction": (_braced(column), _("“%(it)s” says who called whom.") % {"it": column.label})}
        if self.direction != "inbound":
            return {"direction": (self.direction, _("It went out from us."))}
        return {}


def best_score(column: SourceColumn) -> int:
    return 10 if any((decimal(text) or 0) > 5 for text in column.texts) else 5


def _braced(column: SourceColumn) -> str:
    return f"{{{column.place}}}"


_t = gettext_lazy
STORIES = (
    RowStory(
        "call", "voice", _t("Call"), ("call", "anruf", "appel", "llamada", "calldate"), ("duration", "staff", "phone"),
        ("subject",), ("note", "duration", "staff"), number=False,
    ),
    RowStory(
        "survey", "survey", _t("Survey"),
        ("survey", "nps", "csat", "umfrage", "enquete", "encuesta", "feedback", "rating", "response", "respondent",
         "review", "bewertung", "avis", "resena", "satisfaction"),
        ("score", "comment"), ("score",), ("subject",), number=False,
    ),
    RowStory(
        "ticket", "email", _t("Ticket"), ("ticket", "case", "requester", "vorgang", "conversation"),
        ("subject", "status"), ("subject", "status"), ("note",), changes=True, thread="ticket",
    ),
    RowStory(
        "transaction", "payment", _t("Bank transaction"),
        ("iban", "bic", "verwendungszweck", "buchungstag", "valuta", "wertstellung", "auftraggeber", "counterparty",
         "buchungstext", "libelle", "kontonummer", "payee", "booking date", "booking text", "value date"),
        ("amount",), ("name",), ("note", "subject"), number=False,
    ),
    RowStory(
        "payment", "payment", _t("Payment"),
        ("charge", "payment", "card", "captured", "fee", "payout", "zahlung", "paiement", "pago", "invoice", "rechnung",
         "facture", "factura"),
        ("amount",), ("status",), ("note", "product"), changes=True, thread="payment",
    ),
    RowStory(
        "order", "order", _t("Order"),
        ("order", "bestell", "bestellung", "auftrag", "commande", "pedido", "lineitem", "checkout", "warenkorb",
         "shipping", "quantity", "sku", "belegnr", "artikel", "reservation", "booking id", "booking no", "booking ref"),
        ("amount", "product", "status", "number"), ("product", "status"), ("quantity", "note"), changes=True,
        thread="order",
    ),
    RowStory(
        "receipt", "store", _t("Purchase in a store"),
        ("receipt", "till", "kasse", "bon", "filiale", "store", "pos", "magasin", "tienda", "ticket", "kassenbon"),
        ("amount",), ("touchpoint",), ("quantity",),
    ),
    RowStory(
        "loyalty", "store", _t("Loyalty points"), ("points", "punkte", "puntos", "earned", "redeemed"), ("points",),
        ("points",), ("note",), number=False,
    ),
    RowStory(
        "campaign", "campaign", _t("Campaign"),
        ("campaign", "kampagne", "campagne", "newsletter", "opens", "clicks", "opened", "clicked", "bounce",
         "unsubscribe"),
        ("campaign",), ("campaign", "status"), ("note",), number=False, direction="outbound",
    ),
)  # fmt: skip
ORDER = next(story for story in STORIES if story.kind == "order")
PEOPLE = RowStory("people", "", "", ())
OTHER = RowStory(
    "event", "note", _t("Event"), (), (), ("subject", "product", "status"), ("note", "quantity"), number=False
)
LISTS = re.compile(
    r"\b(?:customers?|members?|contacts?|subscribers?|subscribed|kunden|mitglieder|clients|clientes|abonnes)\b"
)
HAPPENINGS = {"order", "transaction", "payment", "survey", "ticket", "call", "receipt"}
TOLD = {"amount", "score", "subject", "duration", "product", "comment", "points", "note", "event"}


def story_of(parts: Parts, columns: Sequence[SourceColumn], name: str, *, numbered: bool = False) -> RowStory:
    """The kind whose words are met most often, if the parts it needs are there. A list without amounts, scores,
    subjects, and `numbered` things such as orders, tells who people are."""
    best, most = OTHER, 0.0
    for story in STORIES:
        wanted = re.compile(r"\b(?:" + "|".join(story.words) + r")")
        met = sum(bool(wanted.search(column.context)) for column in columns) + 1.5 * bool(wanted.search(name))
        if met > most and any(part in parts or (part == "number" and numbered) for part in story.needs):
            best, most = story, met
    if not {"email", "phone", "user_id", "loyalty"} & parts.keys():
        return best
    listed = bool(LISTS.search(name)) and best.kind not in HAPPENINGS
    person = parts.get("user_id") or parts.get("email")
    several = person is not None and person.distinct < 0.9 * len(person.texts)  # somebody is in more rows than one
    return PEOPLE if listed or not (TOLD & parts.keys() or numbered or several) else best
