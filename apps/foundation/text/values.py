"""Single values out of what vendors send: texts, objects, web addresses. Pure functions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apps.foundation.text.visible import straight

Event = Mapping[str, Any]


def words(value: Any, longest: int = 160) -> str:
    """A text or number on one line that runs as ours does, cut to `longest` characters; nothing for anything else."""
    if isinstance(value, str):
        return " ".join(straight(value).split())[:longest]
    return str(value)[:longest] if isinstance(value, int | float) and not isinstance(value, bool) else ""


def prose(value: Any, longest: int = 20_000) -> str:
    """A text with its paragraphs, cut to `longest` characters; nothing for anything else."""
    return value.strip()[:longest] if isinstance(value, str) else ""


def mapping(value: Any) -> Event:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Event]:
    """The objects of a list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def dig(value: Any, *path: str) -> Any:
    """The value at a path of keys, None where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def pairs(text: Any) -> dict[str, str]:
    """What a person wrote as lines of `id = words` in a settings form."""
    lines = (line.partition("=") for line in text.splitlines()) if isinstance(text, str) else ()
    return {key.strip(): words(said) for key, equals, said in lines if equals and key.strip() and words(said)}


def web_address(url: Any, *, query: bool = False) -> str:
    """An http address without user names, and without what follows its path unless `query`: queries carry tokens."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        urlsplit(f"{parts.scheme}://{host}")  # as valid without the user's name as with it
    except ValueError:
        return ""
    tail = f"?{parts.query}" if query and parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{tail}"[:500]
