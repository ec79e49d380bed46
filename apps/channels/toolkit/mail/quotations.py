"""What of a mail is new: its text without what it answers. Pure functions; a line is looked at once or twice, so that
their time is that of the text.

A line above a quotation must give evidence that it is one, for people write "Tom wrote:" too: either what follows it is
quoted with `>`, or it has an address, or a date with a time. A block of From, Sent, To and Subject needs more than its
labels, which travellers and forms use as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.channels.toolkit.mail.quotation_words import (
    FORWARDED,
    FORWARDS,
    LABELS,
    ORIGINAL,
    REPLIES,
    STARTS,
    TOLD,
    WROTE,
    any_of,
)

LONGEST_HEADER = 400  # characters; nobody's name and address need more
MOST_WRAPPED = 4  # lines over which a program breaks it
MOST_KEPT = 5  # lines of the quotation that stand above an answer
MOST_LABELS = 14  # lines of a block; many recipients need some
FULL_LINE = 60  # characters; what goes on after a longer quoted line may be its end, broken off by a program

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
GAP = re.compile(r"\n{3,}")
QUOTED = re.compile(r"\s{0,3}[>＞](?!From )")  # ">From " is how mailboxes keep a line that begins with "From "
RULE = re.compile(r"[\s>]*[-_=*—–]{3,}\s*")
ADDRESS = re.compile(r"[^\s<>()\[\],;:@]{1,80}@[^\s<>()\[\],;:@]{1,80}\.[^\s<>()\[\],;:@]{2,}")
BRACKETED = re.compile(r"[<(\[＜（]\s*(?:mailto:)?\s*[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]@]{3,80}[>)\]＞）]")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2}(?!\d)")
TIME = re.compile(r"(?<![\d.])\d{1,2}\s?[:.h時点시]\s?\d{2}(?!\d|\.\d)")
ENDS = re.compile(r"[:：]\s*(?:-{2,})?\s*$")
DASHED = re.compile(r"-{2,}\s*(\S.*\S)\s*-{2,}\s*$")
WRITTEN = re.compile(rf"(?<!\w)(?:{any_of(WROTE)})(?!\w)")
ASIAN = ("写道", "寫道", "書きました", "のメール", "작성", "님이 씀", "เขียนว่า")
WORD_FIRST = re.compile(rf"[-*\s]*(?:{any_of(STARTS)})(?!\w)")
DATE_FIRST = re.compile(r"[-*\s]*(?:\w{2,10}[.,]{0,2}\s{1,2})?(?:\d{1,4}\s?[./年년-]|\d{1,2}[.,]?\s\w)")
ADDRESS_FIRST = re.compile(rf".{{0,60}}{BRACKETED.pattern}")
SENTENCE_ENDS = (".", "!", "?")
PLAIN_DATES = frozenset(
    {"date", "datum", "fecha", "data", "dato", "dátum", "tarih", "дата", "日期", "날짜", "日付", "ημερομηνία"}
)
ENOUGH = 4  # points of evidence
# What help desks write above their mails, for programs like this one.
ABOVE = re.compile(
    r"\s*(?:#{2,}.{3,120}#{2,}|[-=*_ ]{0,40}.{0,30}(?:(?:reply|respond|write|type).{0,20} above this line|"
    r"(?:oberhalb|über) dieser (?:zeile|linie)|au-dessus de cette ligne|encima de esta línea).{0,60})\s*$",
    re.IGNORECASE,
)
LABEL = re.compile(r"[\s*_]*([^\W\d_][^:：*\n]{0,24}?)[\s*_]*[:：][\s*_]*(.*)$")
ROLES = {word: role for role, names in LABELS.items() for word in names}
SEPARATORS = frozenset({*ORIGINAL, *FORWARDED})
MARK = re.compile(r"\s*([^\s:：\[\]()]{1,12})\s*(?:\[\d+\]|\(\d+\))?\s*[:：]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Where lines above a quotation begin and end (exclusive); `open` where nothing marks what is quoted below, so that
    all of it is; `sure` where no person writes such lines."""

    start: int
    end: int
    open: bool
    sure: bool = True


def new_words(text: str, subject: str = "") -> str:
    """The text without what it answers. Of a quotation that is answered line by line, the lines stay that answers stand
    under. Nothing, where nothing but a quotation was sent; a mail that is sent on stays whole."""
    lines = [INVISIBLE.sub("", line).replace("\xa0", " ").rstrip() for line in text.splitlines()]
    found = _quotations(lines)
    own, quoted_above = _without(lines, found)
    new = GAP.sub("\n\n", "\n".join(own)).strip()
    if new or not found:
        return new or text.strip()
    if quoted_above or found[0].sure or _begins(subject, REPLIES):
        return ""
    below = new_words("\n".join(lines[found[0].end :]), subject) if found[0].open else ""
    return "\n".join([*lines[: found[0].end], "", below]).strip()  # a form, or a mail that is sent on


def is_forwarded(subject: str) -> bool:
    return _begins(subject, FORWARDS)


def _begins(subject: str, marks: frozenset[str]) -> bool:
    mark = MARK.match(subject)
    return bool(mark and mark[1].lower() in marks)


def _quotations(lines: Sequence[str]) -> list[Quotation]:
    """All that introduce marked quotations, up to the first that is open."""
    found: list[Quotation] = []
    at = 0
    while at < len(lines):
        here = None
        if lines[at].strip() and not QUOTED.match(lines[at]):
            here = _separator(lines, at) or _block(lines, at) or _written(lines, at)
        if here is None:
            at += 1
            continue
        found.append(here)
        if here.open:
            break
        at = here.end
    return found


def _following(lines: Sequence[str], at: int) -> int:
    """The next line that is not empty."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _is_quoted(lines: Sequence[str], at: int) -> bool:
    place = _following(lines, at)
    return place < len(lines) and bool(QUOTED.match(lines[place]))


def _separator(lines: Sequence[str], at: int) -> Quotation | None:
    """ "-----Original Message-----", and what is written above a mail that is sent on."""
    line = lines[at].strip()
    words = line.replace("&nbsp;", " ").strip("-_=*—–: ").lower()
    if len(line) <= LONGEST_HEADER and ABOVE.match(line):
        return Quotation(at, at + 1, open=True)
    if len(line) > LONGEST_HEADER or words not in SEPARATORS:
        return None
    follows = _following(lines, at + 1)
    dashed = line[0] in "-_=*—–" and line != words
    if not dashed and not (follows < len(lines) and (QUOTED.match(lines[follows]) or _role(lines[follows]))):
        return None
    quoted = follows < len(lines) and bool(QUOTED.match(lines[follows]))
    return Quotation(at, at + 1, open=not quoted, sure=words in ORIGINAL)


def _role(line: str) -> str:
    label = LABEL.match(line[:LONGEST_HEADER])
    return ROLES.get(label[1].strip().lower(), "") if label else ""


def _block(lines: Sequence[str], at: int) -> Quotation | None:
    """From, Sent, To and Subject of a quoted mail, a line each; long ones are broken, and some programs leave lines
    between them empty."""
    if _role(lines[at]) not in {"from", "date", "subject"}:
        return None
    found: dict[str, tuple[str, str]] = {}
    order: list[str] = []
    end, strangers = at, 0
    for place in range(at, min(len(lines), at + MOST_LABELS)):
        role = _role(lines[place])
        if role and role not in found:
            label = LABEL.match(lines[place][:LONGEST_HEADER])
            found[role] = (label[1].strip().lower(), label[2]) if label else ("", "")
            order.append(role)
            end, strangers = place + 1, 0
        elif role or strangers > 1:
            break
        else:
            strangers += 1
    if _evidence(found, order) + _ruled(lines, at) < ENOUGH:
        return None
    return Quotation(at, end, open=not _is_quoted(lines, end), sure=False)


def _evidence(found: dict[str, tuple[str, str]], order: Sequence[str]) -> int:
    if not {"from", "date"} <= found.keys():
        return 0
    sender, (label, date) = found["from"][1], found["date"]
    points = 2 if ADDRESS.search(sender) else 0
    points += 2 if YEAR.search(date) and TIME.search(date) else 1 if YEAR.search(date) else 0
    points += ("subject" in found) + (label not in PLAIN_DATES)
    if label in PLAIN_DATES and not any(ADDRESS.search(value) for _label, value in found.values()):
        points -= 1
    if "to" not in found:
        return points - 2
    travelling = order[:2] == ["from", "to"] and not ADDRESS.search(sender)
    return points + (-1 if travelling else 1)


def _ruled(lines: Sequence[str], at: int) -> int:
    """1 where a rule is drawn above."""
    above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
    return 1 if RULE.fullmatch(above) else 0


def _written(lines: Sequence[str], at: int) -> Quotation | None:
    """ "On … wrote:", over several lines perhaps."""
    for end in range(at + 1, min(len(lines), at + MOST_WRAPPED) + 1):
        line = lines[end - 1]
        if not line.strip() or QUOTED.match(line):
            return None
        wrapped = lines[at:end]
        if not (ENDS.search(line) or DASHED.search(line)):
            continue
        if end > at + 1 and (not _begins_here(wrapped[0]) or _begins_later(wrapped)):
            return None
        header = " ".join(part.strip() for part in wrapped)
        if len(header) > LONGEST_HEADER:
            return None
        quoted = _is_quoted(lines, end)
        if _is_written(header, quoted=quoted):
            return Quotation(_with_name(lines, at), end, open=not quoted)
        return None
    return None


def _begins_here(line: str) -> bool:
    line = line[:LONGEST_HEADER].lower()
    return bool(WORD_FIRST.match(line) or DATE_FIRST.match(line) or ADDRESS_FIRST.match(line))


def _begins_later(wrapped: Sequence[str]) -> bool:
    """Whether what looks like a first line ends a sentence of theirs, and the header begins below it."""
    for place in range(1, len(wrapped)):
        line, rest = wrapped[place].lower(), " ".join(wrapped[place:])
        if not YEAR.search(rest[:LONGEST_HEADER]):
            continue
        if WORD_FIRST.match(line) and YEAR.search(line) and not YEAR.search(wrapped[0]):
            return True
        if wrapped[place - 1].rstrip().endswith(SENTENCE_ENDS) and _begins_here(line) and len(wrapped[place - 1]) > 12:
            return True
    return False


def _with_name(lines: Sequence[str], at: int) -> int:
    """A name before an address may stand alone on the line above."""
    if at == 0 or not lines[at].lstrip().startswith(("<", "(", "[")):
        return at
    above = lines[at - 1].strip()
    alone = at == 1 or not lines[at - 2].strip()
    return at - 1 if above and alone and len(above) < 80 and not above.endswith((*SENTENCE_ENDS, ",")) else at


def _is_written(header: str, *, quoted: bool) -> bool:
    """Whether there is evidence enough: see above."""
    small = header.lower()
    written = bool(WRITTEN.search(small)) or any(word in small for word in ASIAN)
    named, dated = bool(BRACKETED.search(small)), bool(YEAR.search(small) and TIME.search(small))
    if quoted:
        return written or named or (dated and _begins_here(header))
    if TOLD.search(small):
        return False
    if written:
        return named or dated or bool(ADDRESS.search(small))
    return named and dated


def _without(lines: Sequence[str], found: Sequence[Quotation]) -> tuple[list[str], bool]:
    """The lines that are theirs, and whether marked quotations were introduced among them."""
    dropped = {place for quotation in found for place in range(quotation.start, quotation.end)}
    last = found[-1].start if found and found[-1].open else len(lines)
    introduced = {_following(lines, quotation.end) for quotation in found if not quotation.open}
    kept = [place for place in range(last) if place not in dropped]
    while kept and (not lines[kept[-1]].strip() or RULE.fullmatch(lines[kept[-1]])) and last < len(lines):
        kept.pop()
    return _answers(lines, kept, introduced), bool(introduced)


def _answers(lines: Sequence[str], kept: Sequence[int], introduced: set[int]) -> list[str]:
    """Without the quotation at the end, and without what only stands before an answer to all of it; with the lines that
    answers stand under."""
    runs = [(quoted, list(places)) for quoted, places in groupby(kept, key=_marks(lines, kept).__getitem__)]
    between = sum(quoted for quoted, _places in runs)
    while runs and (runs[-1][0] or not any(lines[place].strip() for place in runs[-1][1])):
        runs.pop()
    left: list[str] = []
    for quoted, places in runs:
        if not quoted:
            left += [lines[place] for place in places]
        elif between > 1 or not (introduced & set(places) or _introduces(lines[places[0]])):
            left += _answered([lines[place] for place in places])
    return left


def _introduces(line: str) -> bool:
    """Whether a quoted line stood above what is quoted."""
    header = line.lstrip("> \t＞")[:LONGEST_HEADER]
    return bool(ENDS.search(header)) and _is_written(header, quoted=False)


def _marks(lines: Sequence[str], kept: Sequence[int]) -> dict[int, bool]:
    """Which lines are quoted: also empty ones between such, and the end of a line that a program broke off."""
    marks = {place: bool(QUOTED.match(lines[place])) for place in kept}
    for before, place, after in zip(kept, kept[1:], kept[2:], strict=False):
        line = lines[place].strip()
        broken = len(lines[before]) > FULL_LINE and len(line) < FULL_LINE and line[:1].islower()
        if marks[before] and bool(QUOTED.match(lines[after])) and (not line or broken):
            marks[place] = True
    return marks


def _answered(quoted: Sequence[str]) -> list[str]:
    """The last paragraph of what is quoted."""
    last: list[str] = []
    for line in reversed(quoted):
        if line.strip("> \t＞") and not _introduces(line):
            last.append(line)
        elif last:
            break
        if len(last) == MOST_KEPT:
            break
    return last[::-1]
