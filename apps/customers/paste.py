"""What people paste when they look for somebody, without what came along: quotes, labels, links, extensions. Pure.

A number sign before an order's number, `mailto:` before an address, `Tel.` and `ext. 12` around a number, a name as a
list has it (`Ashcroft, Gwendolyn`): the desk, the API and a screen pop get the same, and look for what was meant.
"""

import re
import unicodedata
from urllib.parse import unquote

from apps.customers.normalisation import INVISIBLE
from apps.foundation.text.addresses import mailboxes

SHORTEST = 6  # digits of a number that has an extension
READ = 600  # characters of what was pasted that are looked at: links are long
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d"), "-")
QUOTES = "\"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a`\u00b4'\u2018\u2019\u201a"
OPEN, CLOSE = f"{QUOTES}([{{<", f"{QUOTES})]}}>.,;:!?"
SCHEME = re.compile(r"^(?:tel|callto|sips?|sms|skype|facetime|whatsapp)\s*:\s*(?://)?", re.IGNORECASE)
LINK = re.compile(r"^(?:https?://)?(?:wa\.me|api\.whatsapp\.com/send/?\?phone=|t\.me)/?", re.IGNORECASE)
# What stands before a telephone number, in full or not.
LABEL = re.compile(
    r"^(?:my|new|office|work|home|private?|direct|main)?\s*"
    r"(?:tel(?:ephone|efon|efono|efone|\u00e9fono|\u00e9phone)?|t\u00e9l|ph(?:one)?|mob(?:ile|il)?|cell(?:phone)?|handy|fon|"
    r"fax|whats\s?app|sms|call(?:er|ed)?|from|number|no|nr|t|m|p|f)(?:\s*(?:no|nr|number))?[\s.:]+(?=[+(\d])",
    re.IGNORECASE,
)
EXTENSION = re.compile(
    r"\s*[,;(]?\s*(?:;ext=|ext(?:n|ension)?\b|x(?=\s?\d)|#|durchwahl|dw\b|app\b|poste\b|int\b|nst\b)\s*[.:=]?\s*\d{1,7}\)?$"
    r"|;(?:ext|phone-context|isub|user)=.*$",
    re.IGNORECASE,
)
REMARK = re.compile(r"\s*\([^()\d]{1,30}\)$")  # (home), (office)
TRUNK = re.compile(r"\(\s*0\s*\)")  # +44 (0)20: nobody dials it with the country's code
DIALLED = re.compile(r"[\d\s+()./-]+")
# What stands before the number of an order or a case.
NUMBER = re.compile(
    r"^(?:(?:order|invoice|case|ticket|customer|bestell|rechnung|auftrag|kunde|commande|facture|pedido|factura)\w*"
    r"(?:\s*[#:.]|\s)\s*)?(?:(?:id|no|nr|num|number|nummer)(?:\s*[.:#]|\s)\s*|[n\u2116]\u00b0?\s*(?<=[\u00b0\u2116\s]))?"
    r"#?\s*(?=[\w-]*\d[\w-]*$)",
    re.IGNORECASE,
)
TITLES = "mr mrs ms miss mx dr prof sir madam herr frau hr fr mme mlle monsieur madame sr sra srta dhr mevr sig"
HONORIFICS = frozenset(TITLES.split())


def peeled(text: str) -> str:
    """What was meant, on one line."""
    words = " ".join(INVISIBLE.sub("", text[:READ]).split())
    if "@" in words and not SCHEME.match(words):
        found = mailboxes(words)
        if found:
            return found[0]
    words = words.translate(DASHES)
    if number := dialled(words) or dialled(words := _unwrapped(words)):
        return number
    numbered = _unwrapped(NUMBER.sub("", words)) if any(map(str.isdigit, words)) else ""
    return numbered or _in_order(words) or words


def dialled(words: str) -> str:
    """A telephone number or a part of one, without what is not dialled; empty for anything else."""
    number = SCHEME.sub("", words)
    number = LINK.sub("", unquote(number) if "%" in number else number)
    if number != words:
        number = number.partition("@")[0].partition("?")[0]
    number = REMARK.sub("", LABEL.sub("", number))
    whole = EXTENSION.sub("", number)
    if whole != number and sum(map(str.isdigit, whole)) < SHORTEST:
        return ""  # `47x11` is an id
    number = whole
    if number.startswith(("+", "00")):
        number = TRUNK.sub("", number)
    number = unicodedata.normalize("NFKC", number).strip(" ,;:")
    return number if DIALLED.fullmatch(number) and any(map(str.isdigit, number)) else ""


def _unwrapped(words: str) -> str:
    """Without quotes and brackets around it, and without the sign that ends a sentence."""
    bare = words
    while bare and bare[0] in OPEN and not (bare[0] == "(" and DIALLED.fullmatch(bare)):
        bare = bare[1:].lstrip()
    while bare and bare[-1] in CLOSE and not (bare[-1] == ")" and DIALLED.fullmatch(bare)):
        bare = bare[:-1].rstrip()
    return bare or words


def _in_order(words: str) -> str:
    """A name as it is said: `Ashcroft, Gwendolyn` the other way round, `Dr. Ashcroft` without the title."""
    last, comma, first = (part.strip() for part in words.partition(","))
    parts = (f"{first} {last}" if comma else words).replace(",", " ").split()
    while len(parts) > 1 and parts[0].rstrip(".").lower() in HONORIFICS:
        parts = parts[1:]
    return " ".join(parts)
