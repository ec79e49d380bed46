"""Which columns say who it was, what is known of them, or that nobody can be made out. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.columns import NOTHING, SourceColumn
from apps.channels.toolkit.mapping.expressions import NAME, as_text, value
from apps.channels.toolkit.mapping.proposed_lines import ProposedLines, shown
from apps.channels.toolkit.mapping.stories import RowStory

NEARLY_ALL, MOST = 0.98, 0.5  # shares of rows that say who it was
WITH_GUESTS = frozenset({"order", "receipt", "payment"})  # what people do without saying who they are
TRAITS = ("born", "street", "postcode", "city", "region", "country", "language", "tier", "since")
Written = Mapping[str, Any]


def say_who(lines: ProposedLines, story: RowStory, quoted: SourceColumn | None, beside: Sequence[Written]) -> None:
    """Who it was. `beside` are the mappings of the source's other files: what is a customer's number there is one here,
    and what only names an order belongs to whoever that order is."""
    known = _say_numbers(lines, quoted, beside)
    if "email" in lines.parts:
        _say_email(lines, lines.parts["email"], story)
        known = True
    if "phone" in lines.parts:
        _say_phone(lines, lines.parts["phone"], story, known=known)
        known = True
    if known:
        _say_coverage(lines, story)
    else:
        _say_reference(lines, quoted, beside)
    _say_traits(lines, story, quoted)


def _say_numbers(lines: ProposedLines, quoted: SourceColumn | None, beside: Sequence[Written]) -> bool:
    parts, known = lines.parts, False
    own = parts.get("user_id")
    if own and own is not quoted:
        if own.place in _known_as("account", beside):
            said = _("“%(it)s” is a number of the customer in another file of this source.") % {"it": own.label}
            lines.put("who.account", own.place, said)
            return True
        other, doubt = (_second_number(lines, own), "") if "account" not in parts else (None, "")
        if other and other.place in _known_as("user_id", beside):
            doubt = _(
                "“%(it)s” is the customer's number in another file: several of them stay several customers. Read this "
                "file before that one to have them as one."
            ) % {"it": other.label}
            own, other = other, own
        lines.put(
            "who.user_id", own.place, _("“%(it)s” is the system's own number of the customer.") % shown(own), doubt
        )
        known = True
        if other:
            said = _("“%(it)s” leads to the same person from other files: it may differ from order to order.")
            lines.put("who.account", other.place, said % {"it": other.label})
    for kind in ("loyalty", "account"):
        if kind in parts and parts[kind] is not quoted:
            named = {"loyalty": _("a card number"), "account": _("an account number")}[kind]
            said = _("“%(it)s” is %(what)s.") % {"it": parts[kind].label, "what": named}
            lines.put(f"who.{kind}", parts[kind].place, said)
            known = True
    return known


def _known_as(kind: str, beside: Sequence[Written]) -> set[str]:
    """What the source's other files have the customers known by."""
    return {str(written["who"].get(kind)) for written in beside if isinstance(written.get("who"), dict)} - {"None"}


def _second_number(lines: ProposedLines, own: SourceColumn) -> SourceColumn | None:
    """The number an order has its customer by, beside the one of the person: `customer_id`, `customer_unique_id`."""
    if not re.search(r"\b(?:unique|global)\b", own.words):
        return None
    bare = re.sub(r"\b(?:unique|global) ", "", own.words)
    return next((column for column in lines.columns if column.words == bare and column.filled >= NEARLY_ALL), None)


def _say_email(lines: ProposedLines, column: SourceColumn, story: RowStory) -> None:
    typed = story.kind in {"survey", "ticket"}
    said = (
        _("Anyone may type any address into “%(it)s”: it finds a customer and never joins two.") if typed
        else _("“%(it)s” has e-mail addresses.")
    )  # fmt: skip
    lines.put("who.unsure.email" if typed else "who.email", column.place, said % {"it": column.label})


def _say_phone(lines: ProposedLines, column: SourceColumn, story: RowStory, *, known: bool) -> None:
    spoofed = story.kind == "call"
    said = (
        _("Callers can show any number: it finds a customer and never joins two.") if spoofed
        else _("“%(it)s” may be a household's: it finds a customer and never joins two.") if known
        else _("“%(it)s” is all that tells who it was.")
    )  # fmt: skip
    key = "who.unsure.phone" if spoofed or known else "who.phone"
    lines.put(key, column.place, said % {"it": column.label})


def _say_coverage(lines: ProposedLines, story: RowStory) -> None:
    """What is filled in one row of ten does not say who it was; where most rows do, the others are passed over."""
    told = [column for column in lines.columns if column.place in _places(lines.mapping["who"])]
    share = _share(lines.rows, told)
    if share < MOST:
        del lines.mapping["who"]
        said = _(
            "%(names)s says who it was only in %(share)d of 100 rows. Add `who:` with the column that says it of all."
        )
        names = ", ".join(f"“{column.label}”" for column in told)
        lines.asks["who"] = said % {"names": names, "share": round(share * 100)}
        for key in [key for key in lines.why if key.startswith("who.")]:
            del lines.why[key]
        return
    if (share >= NEARLY_ALL and story.kind not in WITH_GUESTS) or "only" in lines.mapping:
        return
    condition = " || ".join(_as_expression(column) for column in told)
    if share < 1:
        said = _("%(share)d of 100 rows do not say who it was: they are left out, and counted.")
        said %= {"share": max(1, round((1 - share) * 100))}
    else:
        said = _("Rows of guests, if there are any, are left out and counted.")
    lines.put("only", told[0].place if len(told) == 1 else condition, said)


def _places(who: Mapping[str, Any]) -> set[str]:
    return {place for found in who.values() for place in (found.values() if isinstance(found, dict) else [found])}


def _as_expression(column: SourceColumn) -> str:
    """A column as JMESPath names it."""
    return ".".join(part if NAME.fullmatch(part) else '"' + part.replace('"', '\\"') + '"' for part in column.path)


def _share(rows: Sequence[Mapping[str, Any]], told: Sequence[SourceColumn]) -> float:
    reads = [value(column.place).read for column in told]
    said = sum(any(as_text(read(row)).lower() not in NOTHING for read in reads) for row in rows)
    return said / len(rows) if rows else 0.0


def _say_reference(lines: ProposedLines, quoted: SourceColumn | None, beside: Sequence[Written]) -> None:
    """Nobody is named. What names an order is about whoever has it."""
    told = [written for written in beside if written.get("reference") or written.get("who")]
    if quoted is None:
        lines.asks["who"] = _(
            "Nobody can be made out in these columns. Add `who:` with the column that tells who it was."
        )
    elif told:
        said = _("Nobody is named here: a row is about whoever has the order or case “%(it)s” in another file.")
        lines.put("who.reference", quoted.place, said % shown(quoted), _("It waits until that has been told."))
    else:
        said = _(
            "Nobody can be made out in these columns; only “%(it)s” says to what a row belongs. Read the file that has "
            "the customers first, into the same source; or write `who: {reference: %(it)s}`, and `ids_of:` with the "
            "source that has told it."
        )
        lines.asks["who"] = said % {"it": quoted.label}


def _say_traits(lines: ProposedLines, story: RowStory, quoted: SourceColumn | None) -> None:
    names = ["first_name", "last_name"] if "last_name" in lines.parts else ["name"]
    for name in (*names, *TRAITS):
        column = lines.parts.get(name)
        if column and column is not quoted and (name != "tier" or story.kind in {"people", "loyalty"}):
            lines.put(f"traits.{name}", column.place, _("“%(it)s” has values such as %(example)s.") % shown(column))
