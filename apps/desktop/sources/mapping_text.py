"""Changing one line of a mapping's text, so that everything else, comments included, stays as it was written."""

from typing import Any

import yaml


def with_field(text: str, path: str, value: str) -> str:
    """The text with `value` at a path such as `when` or `who.email`; empty: without it.

    Raises yaml.YAMLError and ValueError where the text cannot be read.
    """
    root = yaml.compose(text, yaml.SafeLoader) if text.strip() else None
    if root is None:
        return _appended(text, path, value)
    if not isinstance(root, yaml.MappingNode):
        raise ValueError("not a mapping")
    parent, _dot, name = path.rpartition(".")
    inside = _child(root, parent)[1] if parent else root
    if parent and not isinstance(inside, yaml.MappingNode):
        return _appended(_without(text, root, parent), path, value)
    key, found = _child(inside, name)
    if not value:
        alone = parent and len(inside.value) == 1 and found is not None
        return _without(text, root, parent) if alone else _without(text, inside, name)
    if key is not None and found is not None:
        return _replaced(text, found, value)
    if not inside.value or inside.flow_style:
        return _into_flow(text, inside, name, value)
    return _after_last(text, inside, name, value)


def _child(node: Any, name: str) -> tuple[Any, Any]:
    for key, value in node.value:
        if key.value == name:
            return key, value
    return None, None


def _scalar(value: str) -> str:
    """As YAML, on one line; a name that is also a keyword or holds signs is quoted."""
    written: str = yaml.safe_dump(value, allow_unicode=True, width=10_000, default_flow_style=True)
    return written.removesuffix("\n").removesuffix("\n...")


def _replaced(text: str, node: Any, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    tail = text[start:end]
    kept = tail[len(tail.rstrip()) :]  # a block's value reaches to the next key
    gap = "" if start and text[start - 1] in " \t" else " "
    return f"{text[:start]}{gap}{_scalar(value)}{kept}{text[end:]}"


def _without(text: str, node: Any, name: str) -> str:
    """Without the whole lines of a key; in `{a: b, c: d}` without its part."""
    for place, (key, value) in enumerate(node.value):
        if key.value != name:
            continue
        if node.flow_style:
            following = place + 1 < len(node.value)
            start = key.start_mark.index if following or not place else node.value[place - 1][1].end_mark.index
            end = node.value[place + 1][0].start_mark.index if following else value.end_mark.index
            return text[:start] + text[end:]
        start = text.rfind("\n", 0, key.start_mark.index) + 1
        content_end = value.start_mark.index + len(text[value.start_mark.index : value.end_mark.index].rstrip())
        line_end = text.find("\n", max(content_end, key.end_mark.index))
        return text[:start] + (text[line_end + 1 :] if line_end >= 0 else "")
    return text


def _appended(text: str, path: str, value: str) -> str:
    if not value:
        return text
    parent, _dot, name = path.rpartition(".")
    line = f"{parent}:\n  {name}: {_scalar(value)}\n" if parent else f"{name}: {_scalar(value)}\n"
    return f"{text.rstrip()}\n{line}" if text.strip() else line


def _after_last(text: str, node: Any, name: str, value: str) -> str:
    """On a line of its own after what this mapping holds, as far in as its other keys."""
    last = node.value[-1][1]
    indent = " " * node.value[0][0].start_mark.column
    end = last.start_mark.index + len(text[last.start_mark.index : last.end_mark.index].rstrip())
    line_end = text.find("\n", max(end, node.value[-1][0].end_mark.index))
    before, after = (text, "") if line_end < 0 else (text[:line_end], text[line_end + 1 :])
    return f"{before}\n{indent}{name}: {_scalar(value)}\n{after}"


def _into_flow(text: str, node: Any, name: str, value: str) -> str:
    end = node.end_mark.index - 1
    comma = ", " if node.value else ""
    return f"{text[:end].rstrip()}{comma}{name}: {_scalar(value)}{text[end:]}"
