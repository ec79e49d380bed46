"""A supervisor writes a rule, and sees what it would have caught before it is on."""

from datetime import timedelta

from django.utils import timezone

from apps.moments.models import MomentRule
from tests.factories.accounts import SupervisorFactory
from tests.factories.customers import ConsentFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentRuleFactory


def test_a_rule_is_tried_out_as_it_stands_in_the_form(server, desktop, sign_in, axe, no_overflow):
    rule = MomentRuleFactory(name="Kettles", kind="wish", active=False)
    at = timezone.now() - timedelta(days=2)
    for title in ("Asked for a green kettle", "Asked for a teapot"):
        InteractionFactory(profile=ConsentFactory().profile, title=title, occurred_at=at, recorded_at=at)
    sign_in(desktop, SupervisorFactory())
    desktop.goto(f"/admin/moments/momentrule/{rule.pk}/change/")
    desktop.get_by_label("Words", exact=True).fill("kettle")
    with desktop.context.expect_page() as opened:
        desktop.get_by_role("button", name="Try it").click()
    tried = opened.value
    tried.wait_for_load_state()
    assert tried.get_by_role("heading", name="Kettles").is_visible()
    assert tried.get_by_text("It would have proposed 1 moment").is_visible()
    assert tried.get_by_role("cell", name="Asked for a green kettle").is_visible()
    axe(tried)
    no_overflow(tried)

    desktop.get_by_role("button", name="Save", exact=True).click()  # what was typed is still there
    desktop.wait_for_url("**/admin/moments/momentrule/")
    assert MomentRule.objects.get(pk=rule.pk).words == "kettle"
