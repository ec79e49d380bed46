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
from apps.channels.toolkit.mapping.roles import NUMBER
from apps.foundation.text.numbers import decimal

Parts = Mapping[str, SourceColumn]


@dataclass(frozen=True, slots=True)
class RowStory:
    """One kind of thing. `words` are looked for in the names of the columns and of the file, `numbers` are what its own
    numbers are called by; `needs` are parts one of which must be there; `says` are the parts that follow the title's
    beginning, `body_parts` those of the body. `takes_back` what was bought: the order it is about stands beside it."""

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
    numbers: tuple[str, ...] = ()
    takes_back: bool = False

    def own_number(self, columns: Sequence[SourceColumn]) -> SourceColumn | None:
        """The column with numbers of such things: `Return ID`, `N° de retour`."""
        if not self.numbers:
            return None
        called = rf"(?:{'|'.join(self.numbers)})"
        named = re.compile(rf"^{called}{NUMBER}$|^{NUMBERED} {called}$")
        filled = (column for column in columns if column.filled >= NEARLY_ALL and column.dated < 0.5)
        return next((column for column in filled if named.search(column.words)), None)

    def lines(
        self, parts: Parts, quoted: SourceColumn | None, about: SourceColumn | None = None
    ) -> dict[str, tuple[Any, str]]:
        """The lines of a mapping that say what happened, each with its reason. `quoted` is the number people quote,
        `about` that of the order which is taken back."""
        said = {name: column for name, column in parts.items() if column.fits_into_braces}
        number = quoted if quoted and self.number and quoted.fits_into_braces else None
        found = {
            "channel": (self.channel, _("The columns look like those of: %(kind)s.") % {"kind": self.kind}),
            "kind": (self.kind, _("A word for it, by which it can be found again.")),
            "title": (self._title(said, number), _("What an agent reads first.")),
        }
        named = about if about and about.fits_into_braces else None
        body = "\n".join(filter(None, (f"{named.label}: {_braced(named)}" if named else "", self._body(said))))
        if body:
            found["body"] = (body, _("What an agent reads next."))
        if named:
            thread = f"{thread_of(named)}:{_braced(named)}"
            found["thread"] = (thread, _("It belongs to the order “%(it)s”.") % {"it": named.label})
        elif number and self.thread:
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
NUMBERED = r"(?:n|no|nr|num|numero|number) ?(?:de la|de|du|del|della|di|der|van|do|da)?"
INVOICES = re.compile(r"\b(?:invoice|rechnung|facture|factura|fattura|fatura|factuur|faktura|charge|payment)")
RETURNS = (
    r"returns?", "rma", "rueckgaben?", "ruckgaben?", "rucksende?", "rucksendungs?", "rucksendungen",
    "retouren?", "retoure?s?",
    "retours?",
    "devolucion(?:es)?", "devolucao", "devolucoes", "reso", "resi", "zwrot", "returer",
)  # fmt: skip
REFUNDS = (
    "refunds?", "credit ?notes?", "credit ?memos?", "gutschrifts?", "gutschriften", "erstattungs?", "erstattungen",
    "remboursements?", "avoirs?", "reembolsos?", "notas? de credito", "abonos?", "rimbors[io]", "note? di credito",
    "terugbetaling(?:en)?", "creditnota s?", "creditnotas?", "estornos?",
)  # fmt: skip
CANCELLATIONS = (
    "cancell?ations?", "storno", "stornos", "stornierungs?", "stornierungen", "annulations?", "anulacion(?:es)?",
    "cancelacion(?:es)?", "annullament[oi]", "annulering(?:en)?", "cancelamentos?",
)  # fmt: skip
TAKEN_BACK = ("refund_amount", "amount", "product", "subject", "note", "number")
RECEIPTS = (
    "receipts?", "till", "pos", "bon", "kassenbon", "kassenbeleg", "kassenzettel", "quittungs?", "ticket de caisse",
    "ticket", "scontrin[oi]", "kassabon", "recibo", "talao", "kvitto", "paragon",
)  # fmt: skip
STORIES = (
    RowStory(
        "return", "order", _t("Return"),
        (r"returns?\b", r"returned\b", r"rma\b", "rueckgabe", "ruckgabe", "rucksend", "retoure", "retourdat",
         "retours?\\b",
         "retournum", "devolucion", "devolvid", "devolucao", "devoluc", r"res[oi]\b", "zwrot"),
        TAKEN_BACK, ("product", "status"), ("quantity", "subject", "note"), changes=True, numbers=RETURNS,
        takes_back=True,
    ),
    RowStory(
        "refund", "payment", _t("Refund"),
        ("refund", "credit ?note", "credit ?memo", "gutschrift", "erstattung", "rembours", r"avoirs?\b", "reembols",
         "nota de credito", r"abonos?\b", "rimbors", "nota di credito", "terugbeta", "creditnota", "estorno"),
        TAKEN_BACK, ("status",), ("subject", "note", "product"), changes=True, numbers=REFUNDS, direction="outbound",
        takes_back=True,
    ),
    RowStory(
        "cancellation", "order", _t("Cancellation"),
        ("cancellation", "storno", "stornier", "annulation", "anulacion", "cancelacion", "annullament", "annulering"),
        TAKEN_BACK, ("product", "status"), ("quantity", "subject", "note"), changes=True, numbers=CANCELLATIONS,
        takes_back=True,
    ),
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
        ("charge", r"payment(?! (?:method|type|means|mode|option))",
         r"(?<!loyalty )(?<!customer )(?<!club )(?<!gift )card",
         "captured",
         r"fees?\b", "payout", r"zahlung(?!s(?:art|weise|mittel))", "(?<!mode de )(?<!moyen de )paiement",
         "(?<!forma de )(?<!metodo de )(?<!medio de )pago", "invoice", "rechnung", "facture", "factura", "fattura",
         "factuur"),
        ("amount",), ("status",), ("note", "product"), changes=True, thread="payment",
    ),
    RowStory(
        "order", "order", _t("Order"),
        ("order", "bestell", "bestellung", "auftrag", "commande", "pedido", "lineitem", "checkout", "warenkorb",
         "shipping", "quantity", "sku", "belegnr", "artikel", "reservation", "booking id", "booking no", "booking ref",
         "ordine", "bestel", "zamowien"),
        ("amount", "product", "status", "number"), ("product", "status"), ("quantity", "note"), changes=True,
        thread="order",
    ),
    RowStory(
        "receipt", "store", _t("Purchase in a store"),
        ("receipt", "till", "kass(?:e|a|ier|en)", r"bon(?!us)", "filial", "store", r"pos\b", "magasin", "tienda",
         "ticket", "outlet",
         "branch", "cashier", "clerk", r"register\b", "tender", r"markt\b", "verkaufsstelle", "quittung",
         "caissi?er?", r"caja\b",
         "cajero", r"cassa\b", "cassiere", "negozio", "punto vendita", "scontrin", "winkel", r"loja\b",
         r"caixa\b", "butik",
         "sklep"),
        ("amount", "unit_price"), ("touchpoint",), ("quantity",), numbers=RECEIPTS,
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
HAPPENINGS = {
    "order", "transaction", "payment", "survey", "ticket", "call", "receipt", "return", "refund", "cancellation",
}  # fmt: skip
SHOPS = re.compile(
    r"\b(?:store|shop|branch|outlet|filial\w*|markt|magasin|tienda|negozio|punto vendita|winkel|loja|butik|sklep)"
    r"(?: ?(?:id|no|nr|name))?$"
)
DEALS = re.compile(
    r"^(?:txn|trans(?:action|aktions?|acao|accion|azione)?|sale|sales|vente|venta|vendita|verkaufs?)\b ?"
    + NUMBER
    + "?$"
)
TOLD = {"amount", "score", "subject", "duration", "product", "comment", "points", "note", "event"}


OF_ITS_OWN, AT_A_TILL = 3.0, 1.5  # what these say, compared with a word
NEARLY_ALL = 0.9  # the share of rows in which a number of its own stands


def _is_till(columns: Sequence[SourceColumn]) -> bool:
    """Whether a sale is named, and the store it was made in."""
    words = [column.words for column in columns]
    return any(map(SHOPS.search, words)) and any(map(DEALS.search, words))


def thread_of(number: SourceColumn) -> str:
    """The thread in which the file that tells it has what is known by this number."""
    return "payment" if INVOICES.search(number.words) else "order"


def story_of(parts: Parts, columns: Sequence[SourceColumn], name: str, *, numbered: bool = False) -> RowStory:
    """The kind whose words are met most often, if the parts it needs are there; numbers of its own say more than words,
    for a return names its order too. A list without amounts, scores,
    subjects, and `numbered` things such as orders, tells who people are."""
    best, most = OTHER, 0.0
    for story in STORIES:
        wanted = re.compile(r"\b(?:" + "|".join(story.words) + r")")
        met = sum(bool(wanted.search(column.context)) for column in columns) + 1.5 * bool(wanted.search(name))
        met += OF_ITS_OWN * (story.own_number(columns) is not None) + AT_A_TILL * (
            story.kind == "receipt" and _is_till(columns)
        )
        if met > most and any(part in parts or (part == "number" and numbered) for part in story.needs):
            best, most = story, met
    if not {"email", "phone", "user_id", "loyalty"} & parts.keys():
        return best
    listed = bool(LISTS.search(name)) and best.kind not in HAPPENINGS
    person = parts.get("user_id") or parts.get("email")
    several = person is not None and person.distinct < 0.9 * len(person.texts)  # somebody is in more rows than one
    return PEOPLE if listed or not (TOLD & parts.keys() or numbered or several) else best
