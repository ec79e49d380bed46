"""Every change of a rule is kept, and any can be brought back."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.moments.actions import keep_rule, let_run, restore_rule
from apps.moments.models import MomentRule, MomentRuleVersion, RuleWatch
from tests.factories.moments import MomentRuleFactory
from tests.moments.rules.watches import happens, look, look_from, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(db):
    MomentRule.objects.update(active=False)
    return MomentRuleFactory(code="orders", channels=["order"], least_amount=Decimal("300.00"), currency="EUR")


def test_a_saved_change_is_a_version_and_saving_again_is_none(rule, lead):
    rule.least_amount = Decimal("250.00")
    kept = keep_rule(actor=lead, rule=rule)
    assert (kept.number, kept.actor, kept.settings["least_amount"]) == (2, lead, "250.00")
    assert keep_rule(actor=lead, rule=MomentRule.objects.get(pk=rule.pk)) is None
    entry = AuditEntry.objects.get(action="moment_rule.change")
    assert (entry.detail["fields"], entry.detail["rule"]) == (["least_amount"], "orders@2")


def test_an_older_version_comes_back_as_a_new_one(rule, lead):
    first = rule.settings()
    rule.least_amount, rule.kinds, rule.first = Decimal("9.50"), ["order"], True
    keep_rule(actor=lead, rule=rule)
    kept = restore_rule(actor=lead, rule=rule, number=1)
    rule.refresh_from_db()
    assert (kept.number, kept.restored, rule.version) == (3, 1, 3)
    assert rule.settings() == first
    assert isinstance(rule.least_amount, Decimal)


def test_a_version_is_never_changed_or_removed(rule):
    for act in (lambda rows: rows.update(number=9), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act(MomentRuleVersion.objects.filter(rule=rule))


def test_a_moment_bears_the_version_that_saw_it(rule, lead, care, profile):
    look_from(rule, timezone.now())
    rule.kind, rule.quiet_days, rule.channels = "leaving", 0, ["chat"]
    rule.least_amount, rule.currency = None, ""
    keep_rule(actor=lead, rule=rule)
    happens(profile)
    look()
    rule.suggestion = "Call them"
    keep_rule(actor=lead, rule=rule)
    happens(profile)
    look()
    assert [(one.rule, one.suggestion) for one in proposed(rule)] == [
        ("orders@2", "Call, listen, and make it right"), ("orders@3", "Call them"),
    ]  # fmt: skip


def test_switched_off_and_on_it_looks_from_now_on(rule, lead):
    before = timezone.now()
    for active in (False, True):
        rule.active = active
        keep_rule(actor=lead, rule=rule)
    assert RuleWatch.objects.get(rule=rule).until > before


def test_saving_does_not_let_one_run_that_has_stopped_itself(rule, lead):
    RuleWatch.objects.filter(rule=rule).update(stopped_at=timezone.now(), stopped_for="ceiling")
    rule.daily_ceiling = 100
    keep_rule(actor=lead, rule=rule)
    assert not MomentRule.objects.watching("interaction").filter(pk=rule.pk).exists()
    assert let_run(actor=lead, rule=rule)
    assert MomentRule.objects.watching("interaction").filter(pk=rule.pk).exists()
    assert not let_run(actor=lead, rule=rule)


def test_rules_are_for_those_who_answer_for_a_desk(rule, agent, sofia):
    for person in (agent, sofia):
        rule.name = "Mine"
        for act in (
            lambda: keep_rule(actor=person, rule=rule),  # noqa: B023
            lambda: restore_rule(actor=person, rule=rule, number=1),  # noqa: B023
            lambda: let_run(actor=person, rule=rule),  # noqa: B023
        ):
            with pytest.raises(PermissionDenied):
                act()
