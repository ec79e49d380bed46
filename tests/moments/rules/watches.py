"""Things that happen to customers, the way sources tell of them, and rules that look at them."""

from datetime import timedelta
from importlib import import_module
from itertools import count

from django.utils import timezone

from apps.customers.drafts import Claim, ProfileKey
from apps.interactions.actions import record
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Interaction
from apps.moments.actions import detect, keep_rule
from apps.moments.models import Moment, MomentRule, RuleWatch

FIRST_RULES = import_module("apps.moments.migrations.0001_moments_rules_and_webhooks").RULES
TITLES = count(1)


def happens(profile, *, ago=timedelta(), **what):
    """Something the profile's source tells of, that long after it happened. A test is one transaction, in which the
    database's clock stands still: when it was recorded is put right."""
    number = next(TITLES)
    told = {"channel": "chat", "kind": "chat", "title": f"Chat {number}", "external_id": f"told-{number}", **what}
    touch = InteractionDraft(occurred_at=timezone.now() - ago, **told)
    claim = Claim(ProfileKey(profile.source, profile.external_id), touch.occurred_at)
    record([Draft(claim, touch)])
    entry = Interaction.objects.get(source=profile.source, external_id=touch.external_id)
    entry.recorded_at = timezone.now()
    entry.save(update_fields=["recorded_at"])
    return entry


def look(until=None):
    """What the task does every few seconds."""
    return detect(until=until or timezone.now())


def look_from(rule, when):
    RuleWatch.objects.filter(rule=rule).update(until=when)


def first_rule(code):
    """One of those that come with Klatsch, alone, and looking at the last hour."""
    MomentRule.objects.update(active=False)
    values = next(dict(rule) for rule in FIRST_RULES if rule["code"] == code)
    rule = MomentRule.objects.filter(code=code).first() or MomentRule(**values)
    rule.active = True
    keep_rule(actor=None, rule=rule)
    look_from(rule, timezone.now() - timedelta(hours=1))
    return rule


def proposed(rule=None):
    """Moments that rules saw, oldest first."""
    found = Moment.objects.exclude(rule="").order_by("id")
    return list(found.filter(rule__startswith=f"{rule.code}@") if rule else found)
