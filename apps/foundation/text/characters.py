"""Characters that mean the same written as one: digits of other scripts, spaces, dashes, apostrophes; and what a
spreadsheet wraps around a cell. Pure functions."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

# What the categories of Unicode do not tell. The Arabic thousands mark never divides decimals, so it is an apostrophe.
MEANT = {
    "\u2212": "-", "\u207b": "-", "\u02d7": "-",
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2032": "'", "\u00b4": "'", "`": "'", "\u066c": "'",
    "\u066b": ".", "\u060c": ",", "\t": " ", "\n": " ", "\r": " ",
}  # fmt: skip
FORMULA = re.compile(r'="((?:[^"]|"")*)"')
MARKED = re.compile(r"'(?=[=@]|[-+]?\d[\w.,:/+\- ]*$)")  # 's-Hertogenbosch is a town, '00123 a number kept as text


def folded(text: str) -> str:
    """Digits, spaces, dashes, apostrophes and full-width letters as ASCII has them; without what is invisible."""
    return (text if text.isascii() and text.isprintable() else "".join(map(_plain, text))).strip()


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in MEANT:
        return MEANT[char]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if "\uff01" <= char <= "\uff5e":  # the full-width forms of ASCII
        return chr(ord(char) - 0xFEE0)
    category = unicodedata.category(char)
    return {"Zs": " ", "Pd": "-", "Cf": "", "Cc": ""}.get(category, char)


def peeled(cell: Any) -> Any:
    """`00123` of the cells `="00123"` and `'00123`, by which spreadsheets keep a number as text."""
    if not isinstance(cell, str) or ("=" not in cell and "'" not in cell):  # of every cell of every file
        return cell
    text = cell.strip()
    if not text.startswith(("=", "'")):
        return cell
    formula = FORMULA.fullmatch(text)
    if formula:
        return formula[1].replace('""', '"')
    marked = MARKED.match(text)
    return text[1:] if marked else cell
