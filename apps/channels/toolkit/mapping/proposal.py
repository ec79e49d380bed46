"""A mapping proposed from the first rows of a source, with a sentence why for every line of it, and what is unsure.
A wrong proposal is worse than none: what no column says is asked for. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.columns import MONEY, SourceColumn, columns_of, plain
from apps.channels.toolkit.mapping.proposal_text import as_yaml
from apps.channels.toolkit.mapping.proposed_group import say_group, say_refund
from apps.channels.toolkit.mapping.proposed_lines import Fits, ProposedLines, ProposedMapping, shown
from apps.channels.toolkit.mapping.proposed_person import say_who
from apps.channels.toolkit.mapping.proposed_time import is_other_date, say_when, say_when_seen
from apps.channels.toolkit.mapping.roles import NUMBER, PERSON, columns_by_role
from apps.channels.toolkit.mapping.stories import ORDER, RowStory, story_of
from apps.foundation.text.currencies import decimals
from apps.foundation.text.numbers import mark_of

__all__ = ["ProposedMapping", "as_yaml", "propose"]

LOOKED_AT = 2000  # rows
THINGS = (
    r"(?:order|transaction|invoice|ticket|case|call|payment|response|charge|receipt|booking|submission|beleg|auftrags?|"
    r"bestell|rechnungs?|vorgangs?|commande|facture|pedido|factura|buchungs?|visit|sales ?order|purchase|reservation|"
    r"trans|transaktions?|ordine|fattura|bestel|factuur|bon|scontrino|talao|kvitto|returns?|rma|refund|credit ?note)"
)
QUOTED = (  # what people quote
    rf"^{THINGS}{NUMBER}$",
    rf"^(?:n|no|nr|num|numero) (?:de |du |del |di |do )?{THINGS}",
    r"^(?:name|order|bestellung|auftrag|beleg|rechnung|commande|pedido|invoice|receipt|bon|ticket|reference|referenz|ref)$",
    rf"\b(?:order|invoice|ticket|case|receipt|booking){NUMBER}$",
)
OWN = (r"^(?:id|uuid|guid|event id|message id|unique ?id|linked ?id)$", *QUOTED, NUMBER + "$")  # what machines do
MESSAGES = re.compile(
    rf"\b(?:message|mail|e ?mail|sms|delivery|campaign|session){NUMBER}$"
)  # of each there are several events
SURE = 0.9  # the share of rows that must have a number by which things are known


def propose(
    rows: Sequence[Mapping[str, Any]], name: str = "", beside: Sequence[Mapping[str, Any]] = ()
) -> ProposedMapping:
    """What the columns of these rows seem to mean. `name` is the file's or the source's, `beside` the mappings of the
    source's other files. The mapping has no `who` where nobody can be made out: then a person must say it."""
    looked_at = [row for row in rows[:LOOKED_AT] if isinstance(row, dict)]
    usable = [column for column in columns_of(looked_at) if column.texts]
    parts = columns_by_role([column for column in usable if not is_other_date(column)])
    lines = ProposedLines(usable, parts, looked_at)
    proposal = Proposal(lines, plain(name))
    proposal.identify()
    proposal.say_what(beside)
    return lines.proposed()


class Proposal:
    """What kind of thing rows tell, by which number each is known, and how it is told."""

    def __init__(self, lines: ProposedLines, name: str) -> None:
        self.lines, self.parts = lines, lines.parts
        self.quoted = self._best(QUOTED, self._may_be_number)
        self.story: RowStory = story_of(self.parts, lines.columns, name, numbered=self.quoted is not None)
        self.about: SourceColumn | None = None
        if self.story.takes_back:
            self._take_back()
        self.grouped = say_group(lines, self.quoted, self.story.kind)
        if self.grouped and self.story.kind != "receipt":
            self.story = ORDER

    def identify(self) -> None:
        """What is different in every row, and what people quote: often the same."""
        if self.story.kind == "people":
            return
        quoted = self.quoted
        own = None if self.grouped else self._best(OWN, self._is_own)
        if self.story.takes_back:  # an order may be taken back in several steps
            own = quoted if quoted and quoted.is_unique else None
        if own:
            self.lines.put("id", own.place, _("“%(it)s” is different in every row.") % {"it": own.label})
            quoted = quoted or own
            self._say_version(own, quoted)
        elif quoted:
            self._continue(quoted)
        if not self.grouped and "id" not in self.lines.mapping:
            self._say_no_id()
        if quoted and self.story.number:
            said = _("“%(it)s” is what people quote.") % {"it": quoted.label}
            self.lines.put("reference", quoted.place, said)
        self.quoted = quoted

    def _take_back(self) -> None:
        """Of a return its own number is quoted, and that of the order says what it is about."""
        own = self.story.own_number(self.lines.columns)
        self.about = self._best(QUOTED, lambda column: column is not own and self._may_be_number(column))
        self.quoted = own
        if "refund_amount" in self.parts:
            self.parts["amount"] = self.parts["refund_amount"]

    def _may_be_number(self, column: SourceColumn) -> bool:
        taken = any(taken_by is column for role, taken_by in self.parts.items() if role != "touchpoint")
        free = not taken and column.dated < 0.5 and column.length <= 80 and not _is_others(column)
        return free and (column.filled >= SURE or column.rows < 10)

    def _is_own(self, column: SourceColumn) -> bool:
        """A message has an id, and is sent, opened and clicked: that is not the id of what happened to it."""
        several = bool(MESSAGES.search(column.words)) and bool({"event", "status", "link"} & self.parts.keys())
        return self._may_be_number(column) and column.is_unique and not several

    def _say_no_id(self) -> None:
        messages = next((column for column in self.lines.columns if MESSAGES.search(column.words)), None)
        if messages:
            said = _("“%(it)s” is no id of a row: there may be several of each. A row is known by all that is in it.")
            self.lines.unsure["id"] = said % {"it": messages.label}

    def _say_version(self, own: SourceColumn, quoted: SourceColumn) -> None:
        """Things change; an event with an id of its own does not."""
        status = self.parts.get("status")
        if status and self.story.changes and own is quoted:
            said = _("A row that comes again with another “%(it)s” is told as a further step.")
            self.lines.put("version", status.place, said % {"it": status.label})

    def _continue(self, quoted: SourceColumn) -> None:
        """Several rows share a number: where only the first of each says how much, the others continue it."""
        amount = self.parts.get("amount")
        if amount and len(amount.texts) <= quoted.distinct < len(quoted.texts):
            said = _("Rows without “%(amount)s” only continue the one above: several rows share a “%(it)s”.")
            self.lines.put("only", amount.place, said % {"it": quoted.label, "amount": amount.label})
            said = _("“%(it)s” is different in every row that counts.")
            self.lines.put("id", quoted.place, said % {"it": quoted.label})

    def say_what(self, beside: Sequence[Mapping[str, Any]]) -> None:
        lines, story = self.lines, self.story
        if story.kind == "people":
            say_when_seen(lines)
            say_who(lines, story, self.quoted, beside)
            lines.why["who"] = _("Rows tell who customers are; nothing happened that belongs into their story.")
            return
        say_who(lines, story, self.about or self.quoted, beside)
        follows = "reference" in lines.mapping.get("who", {})
        say_when(lines, self.quoted, needed=not follows)
        if follows and self.quoted:
            lines.put("reference", self.quoted.place, _("“%(it)s” is what people quote.") % {"it": self.quoted.label})
        self._say_own_reference(follows=follows)
        for key, (written, why) in story.lines(self.parts, self.quoted, self.about).items():
            lines.put(key, written, why)
        if self.grouped:
            self._say_lines_once()
        if story.kind == "event" and {"amount", "event"} <= self.parts.keys():
            said = _("“%(it)s” may be the price of what was looked at, and nothing that was paid.")
            lines.unsure["amount"] = said % {"it": self.parts["amount"].label}
        elif "amount" in self.parts and story.kind != "loyalty":
            self._say_amount(self.parts["amount"])
        elif self.grouped and "unit_price" in self.parts:
            self._say_money(self.parts["unit_price"])
        say_refund(lines, self.quoted, story.kind)

    def _say_own_reference(self, *, follows: bool) -> None:
        """Something about an order has an id of its own; the same may be said of several orders."""
        own = self.lines.mapping.get("id")
        if follows and own and self.about:
            said = _("“%(it)s” may come with several numbers.") % {"it": own}
            self.lines.put("id", f"{{{own}}} {{{self.about.place}}}", said)
            return
        if follows and self.quoted and own == self.quoted.place and "version" not in self.lines.mapping:
            other = self._best((NUMBER + "$",), lambda column: column is not self.quoted and self._is_own(column))
            own = other.place if other else None
            del self.lines.mapping["id"], self.lines.why["id"]  # much may be said of one order
        if follows and own and self.quoted and own != self.quoted.place and "{" not in own:
            said = _("“%(it)s” may come with several numbers.") % {"it": own}
            self.lines.put("id", f"{{{own}}} {{{self.quoted.place}}}", said)

    def _say_lines_once(self) -> None:
        """What is listed line by line stands neither in the title nor in the body of the whole."""
        mapping = self.lines.mapping
        for name in ("product", "quantity"):
            column = self.parts.get(name)
            for key in ("title", "body"):
                if column and key in mapping:
                    mapping[key] = _without(mapping[key], column)
        if not mapping.get("body", "x"):
            del mapping["body"]
            self.lines.why.pop("body", None)

    def _say_amount(self, amount: SourceColumn) -> None:
        group = self.lines.mapping.get("group", {})
        if not {"price", "amount"} & group.keys():
            self.lines.put("amount", amount.place, _("“%(it)s” has amounts such as %(example)s.") % shown(amount))
        self._say_money(amount)

    def _say_money(self, amount: SourceColumn) -> None:
        self._say_mark(amount)
        column = self.parts.get("currency")
        if column:
            self.lines.put("currency", column.place, _("“%(it)s” has currencies such as %(example)s.") % shown(column))
            return
        written = amount.label + " " + " ".join(amount.texts[:20])
        code = next((code for sign, code in MONEY.items() if sign in written), "")
        named = re.search(r"\b(EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|CAD|AUD)\b", written)
        if code or named:
            code = named[1] if named else code
            said = _("It stands beside the amounts.") if code not in amount.label else _("The column's name says so.")
            self.lines.put("currency", code, said)

    def _say_mark(self, amount: SourceColumn) -> None:
        """What divides decimals: proved by an amount that can only be read in one way, else a guess that says so."""
        evidence = amount.decimal_mark()
        mark, doubtful = evidence.mark, evidence.doubtful
        if mark == "comma" or (mark and doubtful):
            example = next(text for text in amount.texts if mark_of([text]).mark == mark)
            said = (
                _("Decimals stand after a comma, as in %(example)s.") if mark == "comma"
                else _("Decimals stand after a point, as in %(example)s.")
            )  # fmt: skip
            self.lines.put("decimal", mark, said % {"example": example[:40]})
        elif len(evidence.proven) > 1:
            self._say_mixed()
        elif doubtful:
            column = self.parts.get("currency")
            fine = column is not None and all(decimals(text.upper()) == 3 for text in column.texts)
            mark = "comma" if ("." in doubtful) != fine else "point"
            said = _(
                "A guess: %(example)s can be thousands or decimals, and no amount here shows it. Look at one you know."
            )
            doubt = _("Whether a comma or a point divides decimals, no amount here proves.")
            self.lines.put("decimal", mark, said % {"example": doubtful[:40]}, doubt)

    def _say_mixed(self) -> None:
        lines = self.lines
        key = next((key for key in ("group.price", "group.amount") if key in lines.why), "amount")
        said = _("Decimals stand after a comma in some, after a point in others: look at them.")
        lines.why[key] = f"{lines.why.get(key, '')} {said}".strip()
        lines.unsure[key] = _("Each amount is read by itself.")

    def _best(self, patterns: Sequence[str], fits: Fits) -> SourceColumn | None:
        """The column that fits the earliest pattern."""
        for pattern in patterns:
            for column in self.lines.columns:
                if re.search(pattern, column.words) and fits(column):
                    return column
        return None


def _is_others(column: SourceColumn) -> bool:
    """A number of the customer, a product or a place, not of what happened."""
    others = (
        r"sku|product|produkt|artikel|item|loyalty|kundenkarte|card|iban|zip|plz|postal|store|agent|seller|vendor|supplier|"
        r"parent|related|sequential|stock|app|application|tenant|account"
    )
    return bool(re.search(rf"\b{PERSON}{NUMBER}?$|\b(?:{others})", column.context))


def _without(text: str, column: SourceColumn) -> str:
    """A title or body without the parts that speak of this column."""
    braced = f"{{{column.place}}}"
    kept = [" · ".join(part for part in line.split(" · ") if braced not in part) for line in text.split("\n")]
    return "\n".join(line for line in kept if line)
