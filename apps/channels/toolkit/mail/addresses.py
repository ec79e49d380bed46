"""Names and addresses in a header, as a person would read them. Pure functions.

The standard library's parser reads a header either strictly or not, and which depends on the version of Python: one of
them drops whole headers for a comma in a comment. This one reads what RFC 5322 allows and what programs write besides:
commas in names without quotation marks, names in the middle, addresses without brackets, semicolons between people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LONGEST = 16_000  # characters that are looked at
MOST_PEOPLE = 50
# A quoted string, a comment (those within it are opened first), what is in brackets, what ends somebody, words.
TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,400})"|\(([^()]*)\)|<([^<>]*)>|([,;])|([^"(<,;\\]+)|(.)', re.DOTALL)
INNERMOST = re.compile(r"\(([^()]*)\)(?=[^()]*\))")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,120}@[^\s<>()\[\],;:\"@]{1,255}")
GROUP = re.compile(r"^\s*[^@:<>\"]{1,80}:(?!//)")
ROUTE = re.compile(r"^@[^:]{0,500}:")
EDGES = " \t<>'\"`,;:[]()"
EMPTY = re.compile(r"\[\s*\]|\(\s*\)")


@dataclass(slots=True)
class _Mailbox:
    """What stands between two commas. `quoted` are quoted strings: a name, or the local part before an @."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join("".join(self.words).split())


def mailboxes(text: str) -> list[tuple[str, str]]:
    """`(name, address)` of each; whoever has no address is left out. Addresses are in lower case."""
    found: list[tuple[str, str]] = []
    before: list[str] = []  # what commas cut off from the name after them: Doe, Anna <…>
    for mailbox in _between_commas(text[:LONGEST]):
        read = _read(mailbox)
        if read is None:
            before.append(mailbox.name)
        else:
            name, address = read
            joined = mailbox.brackets and before and len(before) < 3
            found.append((", ".join(filter(None, [*before, name])) if joined else name, address))
            before = []
        if len(found) == MOST_PEOPLE:
            break
    return found


def _between_commas(text: str) -> Iterator[_Mailbox]:
    for _depth in range(4):
        text = INNERMOST.sub(r" \1 ", text)
    mailbox = _Mailbox()
    for quoted, comment, brackets, end, words, other in TOKEN.findall(GROUP.sub("", text, count=1)):
        if end:
            yield mailbox
            mailbox = _Mailbox()
        elif brackets:
            mailbox.brackets.append(brackets)
        elif comment:
            mailbox.comments.append(" ".join(comment.split()))
        elif quoted:
            mailbox.words.append(f'"{quoted}"')
        else:
            mailbox.words.append(words or other)
    yield mailbox


def _read(mailbox: _Mailbox) -> tuple[str, str] | None:
    for brackets in reversed(mailbox.brackets):
        address = _address(brackets)
        if address:
            return _plain(mailbox.name) or _first(mailbox.comments), address
    text = mailbox.name
    local = re.search(r'"((?:[^"\\]|\\.){1,100})"@([^\s"<>@]{1,255})', text)
    if local:
        return _plain(text.replace(local[0], "")) or _first(mailbox.comments), local[0].lower()
    for place in (text, *mailbox.brackets, *mailbox.comments):
        bare = ADDRESS.search(place.replace("mailto:", ""))
        if bare:
            rest = place.replace("mailto:", "").replace(bare[0], " ") if place is text else text
            return _plain(rest) or (_first(mailbox.comments) if place is text else ""), bare[0].strip(EDGES).rstrip(
                "."
            ).lower()
    return None


def _address(text: str) -> str:
    """What stands in brackets, if that is an address: without a route, without `mailto:` and what is wrapped around."""
    text = ROUTE.sub("", text.strip()).replace("mailto:", "")
    if text.startswith('"') and '"@' in text:
        return "" if text.endswith("@") else text.lower()
    text = "".join(text.split()).strip(EDGES)
    return text.lower() if ADDRESS.fullmatch(text) else ""


def _plain(name: str) -> str:
    """A name without quotation marks around it or within."""
    name = re.sub(r'"((?:[^"\\]|\\.){0,400})"', lambda quoted: quoted[1].replace("\\", "").replace('"', ""), name)
    name = " ".join(EMPTY.sub(" ", name.replace('"', " ")).split())
    while len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    return name.strip("<>,;: ")


def _first(comments: Sequence[str]) -> str:
    return next(filter(None, comments), "")
