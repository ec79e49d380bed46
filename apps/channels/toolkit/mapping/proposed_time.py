"""Which column says when something happened, in which order its dates are written, or that none does. Pure."""

import re

from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.columns import CLOCK, SourceColumn
from apps.channels.toolkit.mapping.proposed_lines import ProposedLines, shown
from apps.foundation.text import dates

DEADLINE = (
    r"\b(?:limit|deadline|due|fallig\w*|frist|expir\w*|gultig|valid|until|bis|echeance|limite|vencimiento|estimated|"
    r"expected|promised|planned|scheduled|target|forecast|eta|renewal|delivery|lieferdatum|liefertermin|livraison|entrega)\b"
)
BIRTH = r"\b(?:birth|birthday|birthdate|geburt\w*|naissance|nacimiento|dob)\b"
NEVER_WHEN = re.compile(f"{DEADLINE}|{BIRTH}")
WHEN = (
    r"^(?:created|order ?date|bestell|auftrags?|beleg|booking|buchungs?|call|transaction|invoice ?date|start|event|"
    r"submitted|response|visit|kauf|rechnungs?|erstellt|anruf|date de commande|fecha de)",
    r"created|paid|purchase|placed|ordered|sent|timestamp|datetime|start|submitted|answer|completed|occurred|erstellt",
    r"date|datum|fecha|\bat\b|time|zeit|tag\b|\bts\b|\bwhen\b",
    r"",
)
LATER = (
    r"\b(?:updated|modified|changed|geandert|modifie|last|letzte|refunded|cancel\w*|fulfilled|shipped|delivered|approved|"
    r"picked|returned|ended|end|since|valuta|wertstellung|processed|captured|seen|open|opened|click|clicked|closed|resolved)\b"
)
CLOCK_WORDS = re.compile(r"time|zeit|uhr|heure|hora|clock|hour")
SURE = 0.9  # the share of rows in which the time must stand, and can be read


def is_other_date(column: SourceColumn) -> bool:
    """A deadline, a forecast or a birthday: a date, and not when it happened."""
    return bool(NEVER_WHEN.search(column.words)) and column.dated >= 0.6


def say_when(lines: ProposedLines, quoted: SourceColumn | None, *, needed: bool) -> None:
    """The line `when`. Where no column has times that can be read, it is asked for if it is `needed`."""
    found = happened_at(lines, quoted)
    if found is None:
        if needed:
            lines.asks["when"] = _missing(lines)
        return
    clock = _clock(lines, found)
    if clock:
        said = _("“%(day)s” has the day and “%(time)s” the time.") % {"day": found.label, "time": clock.label}
        lines.put("when", f"{{{found.place}}} {{{clock.place}}}", said)
    else:
        lines.put(
            "when", found.place, _("“%(it)s” has dates such as %(example)s.") % shown(found), _doubt(lines, found)
        )
    say_order(lines, found)


def say_when_seen(lines: ProposedLines) -> None:
    """The same of a list of people: when something was last heard of them."""
    seen = [column for column in lines.columns if column.dated >= SURE and column.filled >= SURE]
    changed = next((column for column in seen if re.search(LATER, column.words)), None)
    since = lines.parts.get("since")
    if changed and changed is not since:
        lines.put("when", changed.place, _("“%(it)s” is the latest we hear of them.") % {"it": changed.label})
        say_order(lines, changed)
    elif since:
        say_order(lines, since)


def happened_at(lines: ProposedLines, quoted: SourceColumn | None) -> SourceColumn | None:
    """The column that fits the earliest pattern; of several the one that is not about something later."""
    usable = [
        column
        for column in lines.columns
        if column.dated >= SURE and column.filled >= SURE and not is_other_date(column) and column is not quoted
    ]
    for pattern in WHEN:
        found = [column for column in usable if re.search(pattern, column.words)]
        if found:
            return min(found, key=lambda column: bool(re.search(LATER, column.words)))
    return None


def _doubt(lines: ProposedLines, found: SourceColumn) -> str:
    if re.search(LATER, found.words):
        return _("“%(it)s” may be later than what happened; no other column is filled in nearly every row.") % {
            "it": found.label
        }
    return ""


def _missing(lines: ProposedLines) -> str:
    named = [column for column in lines.columns if re.search(WHEN[2], column.words) and column.dated < SURE]
    sparse = [column for column in lines.columns if column.dated >= SURE > column.filled and not is_other_date(column)]
    dues = [column for column in lines.columns if is_other_date(column)]
    said = _("No column says when it happened. Add `when:` with the column that does.")
    if sparse:
        said = _(
            "“%(it)s” has dates, but only in %(share)d of 100 rows. Add `when:` with the column that says it of all."
        )
        return said % {"it": sparse[0].label, "share": round(sparse[0].filled * 100)}
    if dues:
        return f"{said} " + _("“%(it)s” is a deadline or a forecast.") % {"it": dues[0].label}
    if named:
        return f"{said} " + _("“%(it)s” cannot be read as a time: %(example)s. A `format:` may help.") % shown(named[0])
    return said


def _clock(lines: ProposedLines, day: SourceColumn) -> SourceColumn | None:
    """A column of times beside one of days. `19.99` is a price, unless the column's name says that it is a time."""
    if any(":" in text for text in day.texts[:50]) or not day.fits_into_braces:
        return None
    for column in lines.columns:
        if column is day or column.share(CLOCK) < SURE or not column.fits_into_braces:
            continue
        named = bool(CLOCK_WORDS.search(column.words))
        dotted = any("." in text and ":" not in text for text in column.texts)
        if (named or not dotted) and not re.search(r"dur|dauer|talk|wait|length", column.words):
            return column
    return None


def say_order(lines: ProposedLines, found: SourceColumn) -> None:
    """In which order day and month are, if numbers alone do not say."""
    if not any(re.match(r"\d{1,2}[./\-]\d{1,2}[./\-]", text) for text in found.texts):
        return
    order, proven = dates.order_of(found.texts)
    if not proven and _is_american(lines, found):
        order = dates.MONTH_FIRST
    if proven:
        example = next((text for text in found.texts if re.search(r"\b(?:1[3-9]|2\d|3[01])\b", text)), found.texts[0])
        lines.put("format", order, _("%(example)s shows it: there is no month above twelve.") % {"example": example})
    else:
        said = _("A guess: no date here has a day above twelve. Look at one you know.")
        lines.put("format", order, said, _("Whether the day or the month comes first, no date here proves."))


def _is_american(lines: ProposedLines, found: SourceColumn) -> bool:
    country, amount, currency = (lines.parts.get(name) for name in ("country", "amount", "currency"))
    marked = any("$" in text for text in amount.texts) if amount else False
    usd = {*map(str.upper, currency.texts)} == {"USD"} if currency else False
    here = {*map(str.upper, country.texts)} if country else set()
    american = bool(here) and here <= {"US", "USA", "UNITED STATES"}
    return any("/" in text for text in found.texts) and (marked or usd or american)
