"""What somebody newly wrote, without what they quoted. Pure functions.

mail-parser-reply knows how mail programs introduce a quotation in a dozen languages. Its expressions take very long on
lines and gaps no person writes, so it is only shown lines of a person's length, and no more of them than a long mail
has; longer ones stand aside under a number meanwhile.
"""

import re

from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES

LONGEST_LINE = 200
MOST_LINES = 400
PARSER = EmailReplyParser(languages=[name for name in MAIL_LANGUAGES if len(name) == 2])
ASIDE = re.compile("\ue000([0-9]+)\ue001")
QUOTED = re.compile(r"^\s{0,3}>")
SEPARATOR = re.compile(r"^\s*[-_ ]{2,}.{0,60}[-_ ]{2,}\s*$")


def new_words(text: str) -> str:
    """The text above what it answers; all of it where nothing else is left."""
    lines, aside = _prepared(text)
    shown, rest = "\n".join(lines[:MOST_LINES]).strip(), "\n".join(lines[MOST_LINES:])
    latest = str(PARSER.parse_reply(shown) or "")
    if rest and len(latest) >= len(shown):  # no quotation began so far
        latest = f"{latest}\n{rest}"
    return ASIDE.sub(lambda number: aside[int(number[1])], _without_quotation(latest) or shown).strip()


def _prepared(text: str) -> tuple[list[str], list[str]]:
    """The lines with gaps of one line at most, and the long ones that stand aside."""
    lines: list[str] = []
    aside: list[str] = []
    for raw in text.splitlines():
        line = " ".join(raw.replace("\ue000", "").replace("\ue001", "").split())
        if len(line) > LONGEST_LINE:
            aside.append(line)
            line = f"\ue000{len(aside) - 1}\ue001"
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines, aside


def _without_quotation(text: str) -> str:
    """Without the quoted lines at its end. Those in between stay: they are what is answered line by line."""
    lines = text.rstrip().splitlines()
    while lines and (not lines[-1].strip() or QUOTED.match(lines[-1]) or SEPARATOR.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)
