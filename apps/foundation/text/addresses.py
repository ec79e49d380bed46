"""E-mail addresses and telephone numbers as people write them into one cell: several, with names, links and remarks
around them. Pure functions: where one begins and ends; whether it is one is `customers.normalisation`'s to say."""

import re
from urllib.parse import unquote

LONGEST = 4_000  # characters of a cell that are read
MOST = 50  # addresses or numbers of a cell
MAILTO = re.compile(r"mailto:", re.IGNORECASE)
QUERY = re.compile(r"\?(?:subject|body|cc|bcc|to)=[^\s,;<>]*", re.IGNORECASE)  # of a mailto: link
# A local part, quoted or not, and a domain; the part before the @ may have any letters (RFC 6531).
MAILBOX = re.compile(
    r"\"[^\"\\\r\n@]{1,64}\"@[\w.\-\u3002]{1,255}"
    r"|[^\s@,;:<>()\[\]{}\"|\u201c-\u201f\u00ab\u00bb]{1,100}@[\w.\-\u3002]{1,255}(?:@\S{0,255})?"
)
AROUND = "'\u2018\u2019`*_=?!&#/\\.\u3002-"  # what a sentence, a link or a list leaves on either side
BEFORE = "'\u2018`*=?!&#/\\.-"
BETWEEN_NUMBERS = re.compile(r"[;,|\r\n]|\s(?=\+)|\s/\s|:::|\s(?:or|and|oder|und|ou|et|o|y|e)\s", re.IGNORECASE)
SLASH = re.compile(r"/")
LABEL = re.compile(r"^[^\d+(]{1,30}(?=[\d+(])")

BETWEEN_ADDRESSES = re.compile(r";|\||\n|:::")


def mailboxes(cell: str) -> list[str]:
    """What looks like e-mail addresses in a text, each once, without what stands around them. `Anna <a@x.org>`,
    `mailto:a@x.org?subject=Hi`, `a@x.org; b@x.org` and `a@x.org ::: b@x.org` are all read."""
    text = cell[:LONGEST]
    if MAILTO.search(text):
        text = unquote(QUERY.sub(" ", MAILTO.sub(" ", text)))
    found = (_bare(match[0]) for match in MAILBOX.finditer(text))
    return list(dict.fromkeys(filter(None, found)))[:MOST]


def without_mailbox(cell: str) -> list[str]:
    """The parts of a list of addresses in which there is none. Commas part names as well: they part nothing here."""
    parts = (part.strip() for part in BETWEEN_ADDRESSES.split(cell[:LONGEST]))
    return [part for part in parts if part and "@" not in part][:MOST]


def _bare(mailbox: str) -> str:
    return mailbox.strip().lstrip(BEFORE).rstrip(AROUND)


def numbers(cell: str) -> list[str]:
    """What may be telephone numbers in a text, each once: its parts, without the words before them. A slash parts
    numbers only where nothing else makes sense of it: many write one behind the area's code."""
    text = cell[:LONGEST]
    parts = [part for part in BETWEEN_NUMBERS.split(text) if any(map(str.isdigit, part))]
    found = [LABEL.sub("", part.strip()) for part in parts]
    return list(dict.fromkeys(found))[:MOST]


def around_slashes(number: str) -> list[str]:
    """The parts between slashes, where each is long enough to be a number."""
    parts = [part.strip() for part in SLASH.split(number)]
    return parts if len(parts) > 1 and all(sum(map(str.isdigit, part)) > 6 for part in parts) else []
