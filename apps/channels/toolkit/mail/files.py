"""The names of files in a mail. Pure functions.

Formats: RFC 2183 and RFC 2231; encoded words and raw bytes, which many programs write instead.
"""

from email.message import Message

from apps.channels.toolkit.mail.headers import decoded, hints_of, readable
from apps.foundation.text.charsets import characters

PLACES = (("content-disposition", "filename"), ("content-type", "name"))


def file_name(part: Message) -> str:
    """The name a part gives its file, or nothing."""
    for header, parameter in PLACES:
        raw = next((str(value) for key, value in part.raw_items() if key.lower() == header), "")
        if parameter not in raw.lower():
            continue
        name = _parameter(part, header, raw[:4_000], parameter)
        if name:
            return decoded(name)
    return ""


def _parameter(part: Message, header: str, raw: str, parameter: str) -> str:
    alone = Message()
    alone[header] = " ".join(readable(part, raw).split())
    try:
        found = alone.get_param(parameter, header=header)
    except Exception:  # RFC 2231 in a form the standard library cannot read
        return "?"
    if isinstance(found, tuple):
        charset, _language, name = found
        return characters(name.encode("latin-1", "replace"), charset or "", hints_of(part))
    return str(found or "")
