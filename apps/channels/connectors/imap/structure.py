"""What a mail too large to be loaded consists of, by its BODYSTRUCTURE (RFC 3501, 7.4.2). Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apps.channels.toolkit.mail.bodies import MOST_ATTACHMENTS, Attached
from apps.channels.toolkit.mail.headers import decoded
from apps.channels.toolkit.mail.parts import MOST_PARTS
from apps.foundation.text.charsets import characters

DEEPEST = 20
MOST_TEXTS = 10
TEXTS = ("text/plain", "text/html")
SEAM = b"klatsch-8d1f0c6e"
WRITTEN = ("charset", "format", "delsp")  # parameters of a text that say how it is to be read
OWN_LINES = (b"content-type:", b"content-transfer-encoding:", b"content-disposition:")


@dataclass(frozen=True, slots=True)
class MailPart:
    """One part that holds something. `section` is how it is fetched ("1.2"), `size` in bytes as it is encoded; `choice`
    is the section of the parts that say the same, of which it is one, `page` whether it belongs to a page of HTML."""

    section: str
    kind: str
    encoding: str
    size: int
    parameters: Mapping[str, str] = field(default_factory=dict)
    disposition: str = ""
    file_name: str = ""
    choice: str = ""
    page: bool = False

    @property
    def is_attached(self) -> bool:
        return self.disposition == "attachment" or bool(self.file_name) or not self.kind.startswith("text/")


def parts(answer: Any) -> list[MailPart]:
    """The parts of a mail; none where the structure is not to be understood."""
    try:
        return [part for part, _number in zip(_parts(answer, "", 0), range(MOST_PARTS), strict=False)]
    except (TypeError, ValueError, IndexError, AttributeError):
        return []


def _parts(answer: Any, prefix: str, depth: int, choice: str = "", kind: str = "") -> Iterator[MailPart]:
    if not answer or depth > DEEPEST:
        return
    items: list[Any] = list(answer)
    inner = items[0] if isinstance(items[0], list) else None
    if inner is None and isinstance(items[0], tuple):
        inner = [
            child for child in items if isinstance(child, tuple) and isinstance(next(iter(child), None), bytes | tuple)
        ]
    if inner is None:
        yield replace(_part(answer, prefix or "1"), choice=choice, page=kind == "related")
        return
    kind = next((_text(item).lower() for item in items if isinstance(item, bytes)), "")
    choice = (prefix or "all") if kind == "alternative" else choice
    for number, child in enumerate(inner, start=1):
        yield from _parts(child, f"{prefix}.{number}" if prefix else str(number), depth + 1, choice, kind)


def _part(answer: Any, section: str) -> MailPart:
    kind = f"{_text(answer[0])}/{_text(answer[1])}".lower()
    place = 9 if kind.startswith("text/") else 11 if kind == "message/rfc822" else 8
    shown: Any = answer[place] if len(answer) > place and isinstance(answer[place], tuple) else ()
    parameters = _pairs(answer[2])
    about = _pairs(shown[1]) if len(shown) > 1 else {}
    return MailPart(
        section=section,
        kind=kind,
        encoding=_text(answer[5]).lower(),
        size=answer[6] if isinstance(answer[6], int) else 0,
        parameters=parameters,
        disposition=_text(shown[0]).lower() if shown else "",
        file_name=decoded(about.get("filename") or parameters.get("name") or ""),
    )


def _pairs(answer: Any) -> dict[str, str]:
    if not isinstance(answer, tuple):
        return {}
    return {_text(name).lower(): _text(value) for name, value in zip(answer[::2], answer[1::2], strict=False)}


def _text(value: Any) -> str:
    return characters(value) if isinstance(value, bytes) else str(value or "")


def text_parts(found: Sequence[MailPart]) -> list[MailPart]:
    """The parts to read, as `bodies.text_of` would: plain text rather than HTML where they say the same; a text with a
    file's name where there is nothing else."""
    texts = [part for part in found if part.kind in TEXTS and part.disposition != "attachment"]
    shown = [part for part in texts if not part.is_attached] or texts[:1]
    plain = {part.choice for part in shown if part.kind == "text/plain"}
    return [part for part in shown if not part.choice or part.kind == "text/plain" or part.choice not in plain][
        :MOST_TEXTS
    ]


def attached(found: Sequence[MailPart]) -> list[Attached]:
    """As `bodies.attachments` tells it."""
    return [
        {
            "name": part.file_name.replace("\\", "/").rpartition("/")[2][:200] or part.kind,
            "type": part.kind[:100],
            "size": part.size * 3 // 4 if part.encoding == "base64" else part.size,
            "inline": part.page and part.kind.startswith("image/"),
        }
        for part in found
        if part.is_attached
    ][:MOST_ATTACHMENTS]


def rebuilt(head: bytes, found: Sequence[tuple[MailPart, bytes]]) -> bytes:
    """A mail of these headers and these parts."""
    kept, skipping = [], False
    for line in head.splitlines():
        if not line[:1].isspace():
            skipping = line.lower().startswith(OWN_LINES)
        if line and not skipping:
            kept.append(line)
    if len(found) == 1:
        return b"\r\n".join([*kept, *_lines(*found[0])])
    kept += [b'Content-Type: multipart/mixed; boundary="' + SEAM + b'"', b""]
    for part, body in found:
        kept += [b"--" + SEAM, *_lines(part, body)]
    return b"\r\n".join([*kept, b"--" + SEAM + b"--", b""])


def _lines(part: MailPart, body: bytes) -> list[bytes]:
    said = {name: part.parameters[name] for name in WRITTEN if part.parameters.get(name)}
    parameters = "".join(f'; {name}="{value}"' for name, value in {"charset": "utf-8", **said}.items())
    return [
        f"Content-Type: {part.kind}{parameters}".encode("ascii", "replace"),
        f"Content-Transfer-Encoding: {part.encoding}".encode("ascii", "replace"),
        b"",
        body,
    ]
