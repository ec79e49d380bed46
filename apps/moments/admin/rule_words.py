"""What a rule says, and what changed in it, as people read it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext

from apps.interactions.models import Channel
from apps.moments.kinds import kind_of
from apps.moments.models import MomentRule, MomentRuleVersion, Tag
from apps.moments.models.rule import SETTINGS

CHOICES: Mapping[str, Mapping[str, Any]] = {"channels": dict(Channel.choices), "tags": dict(Tag.choices)}
SHOWN = 50  # versions


class Chapter:
    """One version and what it changed. `current` is the one that holds."""

    def __init__(self, version: MomentRuleVersion, changes: list[str], current: bool) -> None:
        self.version, self.changes, self.current = version, changes, current


def history(rule: MomentRule) -> list[Chapter]:
    """The latest versions, newest first, each beside the one before it."""
    rows = list(rule.versions.select_related("actor").order_by("-number")[: SHOWN + 1])
    older = [*rows[1:], None]
    return [
        Chapter(after, changes(before.settings, after.settings) if before else [], after.number == rule.version)
        for after, before in list(zip(rows, older, strict=True))[:SHOWN]
    ]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """`least amount: 300.00 → 250.00`, one for each setting that is another."""
    return [
        f"{_label(name)}: {said(name, before.get(name))} → {said(name, after.get(name))}"
        for name in SETTINGS
        if before.get(name) != after.get(name)
    ]


def said(name: str, value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value in (None, "", []):
        return gettext("nothing")
    if isinstance(value, list):
        words = CHOICES.get(name, {})
        return ", ".join(str(words.get(code, code)) for code in value)
    if name == "kind":
        return str(kind_of(value))
    named = dict(_choices(name))
    return str(named.get(value, value))


def _label(name: str) -> str:
    field = MomentRule._meta.get_field(name)
    return str(field.verbose_name) if isinstance(field, models.Field) else name


def _choices(name: str) -> Iterable[tuple[Any, Any]]:
    field = MomentRule._meta.get_field(name)
    return field.flatchoices if isinstance(field, models.Field) else ()
