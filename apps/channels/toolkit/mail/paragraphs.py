"""Plain text whose lines a program broke and marked (RFC 3676, `format=flowed`), with each paragraph on one line again.
Pure; a line is looked at once."""

from email.message import Message

SIGNATURE = "-- "  # a line that is never joined, though it ends in a space


def is_flowed(part: Message) -> bool:
    return part.get_content_type() == "text/plain" and _parameter(part, "format") == "flowed"


def joined(text: str, part: Message) -> str:
    """The text of a part that is flowed. A line that ends in a space goes on in the next one of the same depth of
    quotation; quoted paragraphs keep their marks."""
    deletes_space = _parameter(part, "delsp") == "yes"
    found: list[str] = []
    open_at, under_way = 0, list[str]()  # the depth of the paragraph that goes on, and its pieces

    def close() -> None:
        if under_way:
            found.append(_marked("".join(under_way), open_at))
            under_way.clear()

    for line in text.split("\n"):
        depth, words = _taken_apart(line.removesuffix("\r"))
        if under_way and (depth != open_at or words == SIGNATURE):
            close()
        flows = words.endswith(" ") and words != SIGNATURE
        under_way.append(words[:-1] if flows and deletes_space else words)
        open_at = depth
        if not flows:
            close()
    close()
    return "\n".join(found)


def _taken_apart(line: str) -> tuple[int, str]:
    """How deep it is quoted, and its words without the space that shelters them from being taken for a mark."""
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


def _marked(words: str, depth: int) -> str:
    return f"{'>' * depth} {words}" if depth else words


def _parameter(part: Message, name: str) -> str:
    """A parameter of the content type, in lower case; empty where it makes no sense."""
    try:
        found = part.get_param(name)
    except (ValueError, TypeError, AttributeError, LookupError):
        return ""
    return found.strip().lower() if isinstance(found, str) else ""
