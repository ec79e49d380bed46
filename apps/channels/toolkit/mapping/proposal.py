"""A mapping proposed from the first rows of a source, with a sentence why for every line of it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import yaml
from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.columns import CLOCK, MONEY, SourceColumn, columns_of, plain
from apps.channels.toolkit.mapping.roles import NUMBER, PERSON, columns_by_role
from apps.channels.toolkit.mapping.stories import RowStory, story_of
from apps.foundation.text import dates
from apps.foundation.text.currencies import decimals
from apps.foundation.text.numbers import mark_of

LOOKED_AT = 500  # rows
NEVER_WHEN = (
    r"\b(?:birth|geburt\w*|naissance|nacimiento|dob|expir\w*|gultig|valid|due|fallig\w*|delivery|lieferdatum|"
    r"estimated)\b"
)
WHEN = (
    r"^(?:created|order ?date|bestell|auftrags?|beleg|booking|buchungs?|call|transaction|start|event|submitted|response"
    r"|visit|kauf|rechnungs?|erstellt|anruf|date de commande|fecha de)",
    r"created|paid|purchase|sent|timestamp|datetime|start|submitted|completed|occurred|erstellt",
    r"date|datum|fecha|\bat\b|time|zeit|tag\b",
    r"",
)
LATER = (
    r"\b(?:updated|modified|changed|geandert|modifie|last|letzte|refunded|cancel\w*|fulfilled|shipped|ended|end|since|"
    r"valuta|wertstellung|processed|captured|seen|open|click)\b"
)
THINGS = (
    r"(?:order|transaction|invoice|ticket|case|call|payment|response|charge|receipt|booking|submission|beleg|auftrags?|"
    r"bestell|rechnungs?|vorgangs?|commande|facture|pedido|factura|buchungs?|visit)"
)
QUOTED = (  # what people quote
    rf"^{THINGS}{NUMBER}$",
    rf"^(?:n|no|nr|num|numero) (?:de |du |del )?{THINGS}",
    r"^(?:name|order|bestellung|auftrag|beleg|rechnung|commande|pedido|invoice|receipt|bon|ticket|reference|referenz|ref)$",
)
OWN = (r"^(?:id|uuid|guid|event id|message id|unique ?id|linked ?id)$", *QUOTED, NUMBER + "$")  # what machines do


class ProposedMapping(NamedTuple):
    """A complete mapping, and why: a sentence by the key of each line (`amount`, `who.email`)."""

    mapping: dict[str, Any]
    why: dict[str, str]


def propose(rows: Sequence[Mapping[str, Any]], name: str = "") -> ProposedMapping:
    """What the columns of these rows seem to mean. `name` is the file's or the source's. The mapping has no `who`
    where nobody can be made out: then a person must say it."""
    columns = columns_of([row for row in rows[:LOOKED_AT] if isinstance(row, dict)])
    usable = [column for column in columns if column.texts]
    parts = columns_by_role([column for column in usable if not _is_other_date(column)])
    proposal = Proposal(usable, parts, plain(name))
    proposal.identify()
    proposal.place_in_time()
    proposal.say_who()
    proposal.say_what()
    return ProposedMapping(proposal.mapping, proposal.why)


def _is_other_date(column: SourceColumn) -> bool:
    return bool(re.search(NEVER_WHEN, column.words)) and column.dated >= 0.6


class Proposal:
    """A mapping in the making."""

    def __init__(self, columns: Sequence[SourceColumn], parts: dict[str, SourceColumn], name: str) -> None:
        self.columns, self.parts = columns, parts
        self.story: RowStory = story_of(parts, columns, name)
        self.mapping: dict[str, Any] = {}
        self.why: dict[str, str] = {}
        self.quoted: SourceColumn | None = None

    def put(self, key: str, value: Any, why: str) -> None:
        """Write a line; `who.unsure.phone` goes three levels down."""
        target = self.mapping
        *above, last = key.split(".")
        for name in above:
            target = target.setdefault(name, {})
        target[last] = value
        self.why[key] = why

    def identify(self) -> None:
        """What is different in every row, and what people quote: often the same."""
        if self.story.kind == "people":
            return
        self.quoted = self._best(QUOTED, self._may_be_number)
        own = self._best(OWN, lambda column: self._may_be_number(column) and column.is_unique)
        if own:
            self.put("id", own.place, _("“%(it)s” is different in every row.") % {"it": own.label})
            self.quoted = self.quoted or own
            self._say_version(own)
        elif self.quoted:
            self._continue(self.quoted)
        if self.quoted and self.story.number:
            self.put("reference", self.quoted.place, _("“%(it)s” is what people quote.") % {"it": self.quoted.label})

    def _may_be_number(self, column: SourceColumn) -> bool:
        taken = any(taken_by is column for role, taken_by in self.parts.items() if role != "touchpoint")
        return not taken and column.dated < 0.5 and column.length <= 80 and not _is_persons(column)

    def _say_version(self, own: SourceColumn) -> None:
        """Things change; an event with an id of its own does not."""
        status = self.parts.get("status")
        if status and self.story.changes and own is self.quoted:
            said = _("A row that comes again with another “%(it)s” is told as a further step.")
            self.put("version", status.place, said % {"it": status.label})

    def _continue(self, quoted: SourceColumn) -> None:
        """Several rows share a number: where only the first of each says how much, the others continue it."""
        amount = self.parts.get("amount")
        if amount and len(amount.texts) <= quoted.distinct < len(quoted.texts):
            said = _("Rows without “%(amount)s” only continue the one above: several rows share a “%(it)s”.")
            self.put("only", amount.place, said % {"it": quoted.label, "amount": amount.label})
            self.put("id", quoted.place, _("“%(it)s” is different in every row that counts.") % {"it": quoted.label})

    def place_in_time(self) -> None:
        found = self._best(
            WHEN, lambda column: column.dated >= 0.6 and not _is_other_date(column) and column is not self.quoted
        )
        if found is None or self.story.kind == "people":
            changed = next(
                (column for column in self.columns if column.dated >= 0.6 and re.search(LATER, column.words)), None
            )
            if self.story.kind == "people" and changed and changed is not self.parts.get("since"):
                self.put("when", changed.place, _("“%(it)s” is the latest we hear of them.") % {"it": changed.label})
                self._say_order(changed)
            elif self.story.kind == "people" and "since" in self.parts:
                self._say_order(self.parts["since"])
            return
        clock = self._clock(found)
        if clock:
            said = _("“%(day)s” has the day and “%(time)s” the time.") % {"day": found.label, "time": clock.label}
            self.put("when", f"{{{found.place}}} {{{clock.place}}}", said)
        else:
            self.put("when", found.place, _("“%(it)s” has dates such as %(example)s.") % _shown(found))
        self._say_order(found)

    def _clock(self, day: SourceColumn) -> SourceColumn | None:
        """A column of times beside one of days."""
        if any(":" in text for text in day.texts[:50]) or not day.fits_into_braces:
            return None
        clocks = (column for column in self.columns if column.share(CLOCK) >= 0.9 and column.fits_into_braces)
        return next((clock for clock in clocks if not re.search(r"dur|dauer|talk", clock.words)), None)

    def _say_order(self, found: SourceColumn) -> None:
        """In which order day and month are, if numbers alone do not say."""
        if not any(re.match(r"\d{1,2}[./\-]\d{1,2}[./\-]", text) for text in found.texts):
            return
        order, proven = dates.order_of(found.texts)
        if not proven and self._is_american(found):
            order = dates.MONTH_FIRST
        if proven:
            example = next(
                (text for text in found.texts if re.search(r"\b(?:1[3-9]|2\d|3[01])\b", text)), found.texts[0]
            )
            said = _("%(example)s shows it: there is no month above twelve.") % {"example": example}
        else:
            said = _("A guess: no date here has a day above twelve. Look at one you know.")
        self.put("format", order, said)

    def _is_american(self, found: SourceColumn) -> bool:
        country, amount = self.parts.get("country"), self.parts.get("amount")
        marked = any("$" in text for text in amount.texts) if amount else False
        usd = "currency" in self.parts and {*map(str.upper, self.parts["currency"].texts)} == {"USD"}
        here = {*map(str.upper, country.texts)} if country else set()
        american = bool(here) and here <= {"US", "USA", "UNITED STATES"}
        return any("/" in text for text in found.texts) and (marked or usd or american)

    def say_who(self) -> None:
        parts = self.parts
        known = "user_id" in parts and parts["user_id"] is not self.quoted
        if known:
            self.put("who.user_id", parts["user_id"].place, _("“%(it)s” is the system's own number of the customer.")
                     % {"it": parts["user_id"].label})  # fmt: skip
        for kind in ("loyalty", "account"):
            if kind in parts and parts[kind] is not self.quoted:
                named = {"loyalty": _("a card number"), "account": _("an account number")}[kind]
                self.put(f"who.{kind}", parts[kind].place, _("“%(it)s” is %(what)s.")
                         % {"it": parts[kind].label, "what": named})  # fmt: skip
                known = True
        if "email" in parts:
            self._say_email(parts["email"])
            known = True
        if "phone" in parts:
            spoofed = self.story.kind == "call"
            said = (
                _("Callers can show any number: it finds a customer and never joins two.") if spoofed
                else _("“%(it)s” may be a household's: it finds a customer and never joins two.") if known
                else _("“%(it)s” is all that tells who it was.")
            )  # fmt: skip
            key = "who.unsure.phone" if spoofed or known else "who.phone"
            self.put(key, parts["phone"].place, said % {"it": parts["phone"].label})
        self._say_traits()

    def _say_email(self, column: SourceColumn) -> None:
        typed = self.story.kind in {"survey", "ticket"}
        said = (
            _("Anyone may type any address into “%(it)s”: it finds a customer and never joins two.") if typed
            else _("“%(it)s” has e-mail addresses.")
        )  # fmt: skip
        self.put("who.unsure.email" if typed else "who.email", column.place, said % {"it": column.label})

    def _say_traits(self) -> None:
        traits = ["born", "street", "postcode", "city", "region", "country", "language", "tier", "since"]
        names = ["first_name", "last_name"] if "last_name" in self.parts else ["name"]
        for name in (*names, *traits):
            column = self.parts.get(name)
            if column and column is not self.quoted and (name != "tier" or self.story.kind in {"people", "loyalty"}):
                self.put(f"traits.{name}", column.place, _("“%(it)s” has values such as %(example)s.") % _shown(column))

    def say_what(self) -> None:
        if self.story.kind == "people":
            self.why["who"] = _("Rows tell who customers are; nothing happened that belongs into their story.")
            return
        for key, (value, why) in self.story.lines(self.parts, self.quoted).items():
            self.put(key, value, why)
        if "amount" in self.parts and self.story.kind != "loyalty":
            self._say_amount(self.parts["amount"])

    def _say_amount(self, amount: SourceColumn) -> None:
        self.put("amount", amount.place, _("“%(it)s” has amounts such as %(example)s.") % _shown(amount))
        self._say_mark(amount)
        column = self.parts.get("currency")
        if column:
            self.put("currency", column.place, _("“%(it)s” has currencies such as %(example)s.") % _shown(column))
            return
        written = amount.label + " " + " ".join(amount.texts[:20])
        code = next((code for sign, code in MONEY.items() if sign in written), "")
        named = re.search(r"\b(EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|CAD|AUD)\b", written)
        if code or named:
            code = named[1] if named else code
            said = _("It stands beside the amounts.") if code not in amount.label else _("The column's name says so.")
            self.put("currency", code, said)

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
            self.put("decimal", mark, said % {"example": example[:40]})
        elif len(evidence.proven) > 1:
            self.why["amount"] += " " + _(
                "Decimals stand after a comma in some, after a point in others: look at them."
            )
        elif doubtful:
            column = self.parts.get("currency")
            fine = column is not None and all(decimals(text.upper()) == 3 for text in column.texts)
            mark = "comma" if ("." in doubtful) != fine else "point"
            said = _(
                "A guess: %(example)s can be thousands or decimals, and no amount here shows it. Look at one you know."
            )
            self.put("decimal", mark, said % {"example": doubtful[:40]})

    def _best(self, patterns: Sequence[str], fits: Callable[[SourceColumn], bool]) -> SourceColumn | None:
        """The column that fits the earliest pattern; of several the one that is not about something later."""
        for pattern in patterns:
            found = [column for column in self.columns if re.search(pattern, column.words) and fits(column)]
            if found:
                return min(found, key=lambda column: bool(re.search(LATER, column.words)))
        return None


def _is_persons(column: SourceColumn) -> bool:
    """A number of the customer, a product or a place, not of what happened."""
    others = r"sku|product|artikel|item|loyalty|kundenkarte|card|iban|zip|plz|postal|store|agent"
    return bool(re.search(rf"\b{PERSON}{NUMBER}?$|{others}", column.context))


def _shown(column: SourceColumn) -> dict[str, str]:
    return {"it": column.label, "example": column.texts[0][:40]}


def as_yaml(proposed: ProposedMapping) -> str:
    """The mapping as YAML to edit, each line with its reason as a comment above."""
    return "\n".join(_lines(proposed.mapping, proposed.why, "", 0)) + "\n"


def _lines(mapping: Mapping[str, Any], why: Mapping[str, str], above: str, level: int) -> list[str]:
    lines = []
    for name, value in mapping.items():
        key, indent = f"{above}{name}", "  " * level
        if key in why:
            lines.append(f"{indent}# {why[key]}")
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_lines(value, why, f"{key}.", level + 1)]
        else:
            written = yaml.dump({name: value}, Dumper=_Blocks, allow_unicode=True, width=10_000)
            lines += [f"{indent}{line}" for line in written.rstrip("\n").split("\n")]
    return lines


class _Blocks(yaml.SafeDumper):
    """Texts of several lines stand below each other as they are read."""


def _block(dumper: yaml.SafeDumper, said: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)


_Blocks.add_representer(str, _block)
