"""A proposed mapping as YAML to edit: each line with its reason above, and what nobody could make out at the end."""

from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from apps.channels.toolkit.mapping.proposed_lines import ProposedMapping


def as_yaml(proposed: ProposedMapping) -> str:
    """The mapping as YAML to edit, each line with its reason as a comment above."""
    doubts = {key: _("UNSURE: %(why)s") % {"why": why} for key, why in proposed.unsure.items()}
    why = {key: "\n".join(filter(None, (proposed.why.get(key), doubts.get(key)))) for key in {**proposed.why, **doubts}}
    absent = [key for key in doubts if not _is_there(proposed.mapping, key)]
    asked = [_("UNSURE %(key)s: %(why)s") % {"key": key, "why": proposed.unsure[key]} for key in absent]
    asked += [_("MISSING %(key)s: %(why)s") % {"key": key, "why": why} for key, why in proposed.asks.items()]
    return "\n".join([*_lines(proposed.mapping, why, "", 0), *_comments("\n".join(asked), "")]) + "\n"


def _is_there(mapping: Mapping[str, Any], key: str) -> bool:
    found: Any = mapping
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found is not None


def _comments(words: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in words.split("\n") if line]


def _lines(mapping: Mapping[str, Any], why: Mapping[str, str], above: str, level: int) -> list[str]:
    lines = []
    for name, value in mapping.items():
        key, indent = f"{above}{name}", "  " * level
        if key in why:
            lines += _comments(why[key], indent)
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_lines(value, why, f"{key}.", level + 1)]
        else:
            written = yaml.dump({name: value}, Dumper=_Blocks, allow_unicode=True, width=10_000)
            lines += [f"{indent}{line}" for line in written.rstrip("\n").split("\n")]
    return lines


class _Blocks(yaml.SafeDumper):
    """Texts of several lines stand below each other as they are read."""


def _block(dumper: yaml.SafeDumper, said: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)


_Blocks.add_representer(str, _block)
