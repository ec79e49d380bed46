"""Reading XML files of any size, record by record: no document types, no entities, no deep nesting, no endless record.

What comes before a damage is given out; `Broken` says in words what is wrong with the rest.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, iterparse

from apps.channels.toolkit.charsets import XmlText

DEEPEST = 64  # elements within each other
LARGEST_RECORD = 16 * 1024 * 1024  # bytes between the ends of two records
Node = str | dict[str, Any]


class Broken(Exception):
    """The file cannot be read any further. The message is a sentence for people."""


class Bounded:
    """A file that gives out only so much between two calls of `mark`."""

    def __init__(self, file: XmlText) -> None:
        self.file, self.read_since = file, 0

    def read(self, size: int = -1) -> bytes:
        part = self.file.read(min(size, 65536) if size >= 0 else 65536)
        self.read_since += len(part)
        if self.read_since > LARGEST_RECORD:
            raise Broken(f"A single record has more than {LARGEST_RECORD} bytes.")
        return part

    def mark(self) -> None:
        self.read_since = 0


def local(element: Element) -> str:
    """An element's name without its namespace, whatever that is."""
    return str(element.tag).rpartition("}")[2]


def walk(file: IO[bytes], taken: Callable[[str, list[str]], bool]) -> Iterator[tuple[bool, str, Element]]:
    """Every start (False) and end (True) of an element, with its local name. Raises Broken.

    `taken` says of a name and those around it whether its end is a record: once that was given out, it is forgotten.
    """
    bounded, path, elements = Bounded(XmlText(file)), list[str](), list[Element]()
    parser = DefusedXMLParser(target=TreeBuilder(), encoding="utf-8", forbid_dtd=True)
    try:
        for event, element in iterparse(bounded, events=("start", "end"), parser=parser):
            name = local(element)
            if event == "start":
                path.append(name)
                elements.append(element)
                if len(path) > DEEPEST:
                    raise Broken(f"Its elements nest more than {DEEPEST} deep.")
                yield False, name, element
                continue
            path.pop()
            elements.pop()
            yield True, name, element
            if taken(name, path):
                element.clear()
                if elements:
                    elements[-1].remove(element)
                bounded.mark()
    except DefusedXmlException:
        raise Broken("It declares a document type or entities of its own, which are never read.") from None
    except ParseError as error:
        raise Broken(f"It is not well-formed XML from line {error.position[0]} on: {error.msg}."[:300]) from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise Broken(f"Its encoding cannot be read: {error}."[:300]) from None


def plain(element: Element) -> Node:
    """An element as JSON: its text, or its children by local name, lists where a name repeats. Attributes have names
    that begin with @; text beside them is under #."""
    children: dict[str, Any] = {}
    for name, value in element.attrib.items():
        children[f"@{name.rpartition('}')[2]}"] = value
    for child in element:
        known, inner = children.get(local(child)), plain(child)
        if known is None:
            children[local(child)] = inner
        elif isinstance(known, list):
            known.append(inner)
        else:
            children[local(child)] = [known, inner]
    text = (element.text or "").strip()
    if not children:
        return text
    return {**children, "#": text} if text else children


def every(value: Any, *path: str) -> list[Any]:
    """All nodes at a path, through lists on the way."""
    nodes = value if isinstance(value, list) else [value]
    for name in path:
        nodes = [node[name] for node in nodes if isinstance(node, dict) and name in node]
        nodes = [child for node in nodes for child in (node if isinstance(node, list) else [node])]
    return [node for node in nodes if node not in (None, "")]


def text(value: Any, *path: str) -> str:
    """The first text at a path, without its attributes; nothing where there is none."""
    for node in every(value, *path):
        found = node.get("#", "") if isinstance(node, dict) else node
        if isinstance(found, str) and found:
            return found
    return ""
