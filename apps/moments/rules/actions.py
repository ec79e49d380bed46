"""Deciding what is watched for: every saved change of a rule is a version, and none is ever lost."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.moments.models import MomentRule, MomentRuleVersion, RuleWatch
from apps.moments.models.rule import SETTINGS
from apps.moments.transitions import is_lead


@transaction.atomic
def keep_rule(
    *, actor: User | None, rule: MomentRule, restored: int | None = None, address: str | None = None
) -> MomentRuleVersion | None:
    """Save a rule, new or changed, with the version that says so. Nothing where nothing has changed.

    One that is switched on looks from now on: what happened before is not caught up with. `actor` None: the system.
    Raises PermissionDenied for anybody but a lead.
    """
    _check(actor)
    before = MomentRule.objects.select_for_update(no_key=True).filter(pk=rule.pk).first()  # its days may be written
    was, now = before.settings() if before else {}, rule.settings()
    changed = [name for name in SETTINGS if was.get(name) != now[name]]
    if before and not changed:
        return None
    rule.version = before.version + 1 if before else 1
    rule.save()
    kept = MomentRuleVersion.objects.create(
        rule=rule, number=rule.version, settings=rule.settings(), restored=restored, actor=actor
    )
    if before is None or {"active", "looks_at"} & set(changed):
        _look_from_now(rule)
    _note(actor, rule, "change" if before else "add", address, fields=changed if before else [], restored=restored)
    return kept


@transaction.atomic
def restore_rule(
    *, actor: User | None, rule: MomentRule, number: int, address: str | None = None
) -> MomentRuleVersion | None:
    """Let a rule be again as one of its versions says; that is a new version. Raises `MomentRuleVersion.DoesNotExist`
    and PermissionDenied."""
    rule.take(rule.versions.get(number=number).settings)
    return keep_rule(actor=actor, rule=rule, restored=number, address=address)


@transaction.atomic
def let_run(*, actor: User | None, rule: MomentRule, address: str | None = None) -> bool:
    """Let one that has stopped itself look again, from now on. Whether it had. Raises PermissionDenied."""
    _check(actor)
    if not RuleWatch.objects.filter(rule=rule, stopped_at__isnull=False).exists():
        return False
    _look_from_now(rule)
    _note(actor, rule, "run", address)
    return True


def _check(actor: User | None) -> None:
    if actor and not is_lead(actor):
        raise PermissionDenied("rules are made by those who answer for a desk")


def _look_from_now(rule: MomentRule) -> None:
    """Birthdays are looked for by the day, and today's have not been."""
    now = timezone.now()
    until = now - timedelta(days=1) if rule.looks_at == MomentRule.Family.BIRTHDAY else now
    RuleWatch.objects.update_or_create(rule=rule, defaults={"until": until, "stopped_at": None, "stopped_for": ""})


def _note(actor: User | None, rule: MomentRule, verb: str, address: str | None, **detail: Any) -> None:
    about = {name: value for name, value in detail.items() if value}
    audit(actor, f"moment_rule.{verb}", address=address, id=rule.pk, name=rule.name, rule=rule.mark, **about)
