"""Rules for moments, as supervisors write them, try them out, change them and bring them back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.moments.models import MomentRule, RuleWatch
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory, CustomerFactory, SourceProfileFactory
from tests.factories.interactions import DispositionFactory, InteractionFactory
from tests.factories.moments import MomentFactory, MomentRuleFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/moments/momentrule/"
FIELDS = {
    "name": "Green kettles", "code": "green-kettles", "kind": "wish", "active": "on", "looks_at": "interaction",
    "channels": ["chat"], "kinds": "chat, chat , message", "direction": "", "sentiment": "", "words": "kettle",
    "least_amount": "", "currency": "", "touchpoint": "", "preceded_by": "", "preceded_hours": "24",
    "unless_kinds": "", "tiers": "", "promotion_days": "", "birthday_days": "3", "suggestion": "", "category": "",
    "due_minutes": "", "answer_minutes": "10", "quiet_days": "30", "daily_ceiling": "50", "fresh_hours": "48",
}  # fmt: skip


def page(rule, act="change"):
    return f"{LIST}{rule.pk}/{act}/"


def talk(days=1, **what):
    at = timezone.now() - timedelta(days=days)
    told = {"title": "Asked for a green kettle", "occurred_at": at, "recorded_at": at, **what}
    return InteractionFactory(**told)


def test_one_is_written_and_keeps_its_first_version(as_supervisor, supervisor):
    assert as_supervisor.post(f"{LIST}add/", FIELDS).status_code == 302
    rule = MomentRule.objects.get(code="green-kettles")
    assert (rule.kinds, rule.version, rule.versions.get().actor) == (["chat", "message"], 1, supervisor)
    assert RuleWatch.objects.filter(rule=rule).exists()
    assert AuditEntry.objects.get(action="moment_rule.add").actor == supervisor


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"channels": [], "kinds": "", "words": ""}, "it would propose everything"),
        ({"least_amount": "300"}, "An amount needs its currency."),
        ({"unless_kinds": "order"}, "This goes with what came before"),
        ({"words": "-kettle"}, "There is no word in it"),
        ({"kind": "nonesuch"}, "Select a valid choice"),
        ({"daily_ceiling": "501"}, "less than or equal to 500"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(as_supervisor, wrong, said):
    response = as_supervisor.post(f"{LIST}add/", {**FIELDS, **wrong})
    assert response.status_code == 200
    assert said in response.text
    assert not MomentRule.objects.filter(code="green-kettles").exists()


def test_a_change_is_a_version_that_says_what_changed_and_may_be_brought_back(as_supervisor):
    DispositionFactory(code="gone", active=False)
    rule = MomentRuleFactory(code="green-kettles", dispositions=["gone"], preceded_hours=24)
    as_supervisor.post(page(rule), {**FIELDS, "dispositions": ["gone"], "quiet_days": "7"})
    shown = as_supervisor.get(page(rule)).text
    assert "quiet for days: 30 → 7" in shown
    assert "proposes: Praise worth answering → A wish we could not meet" in shown
    assert "Holds now" in shown

    assert as_supervisor.post(f"{LIST}{rule.pk}/restore/1/").status_code == 302
    rule.refresh_from_db()
    assert (rule.version, rule.quiet_days, rule.kind, rule.dispositions) == (3, 30, "praise", ["gone"])
    assert "Version 1 brought back" in as_supervisor.get(page(rule)).text
    assert as_supervisor.post(f"{LIST}{rule.pk}/restore/9/").status_code == 404
    assert as_supervisor.get(f"{LIST}{rule.pk}/restore/1/").status_code == 403


def test_one_that_has_stopped_itself_says_so_and_is_let_run_again(as_supervisor):
    rule = MomentRuleFactory()
    RuleWatch.objects.filter(rule=rule).update(stopped_at=timezone.now(), stopped_for="ceiling")
    assert "It found more than it may propose on one day." in as_supervisor.get(page(rule)).text
    assert "Stopped itself" in as_supervisor.get(LIST).text
    as_supervisor.post(page(rule, "run"))
    assert RuleWatch.objects.get(rule=rule).stopped_at is None
    assert "It looks again" in as_supervisor.get(page(rule)).text


def test_trying_it_shows_what_it_would_have_caught_and_leaves_a_trace(as_supervisor, supervisor):
    rule = MomentRuleFactory(kind="wish")
    allowed, refused = ConsentFactory().profile, SourceProfileFactory()
    talk(2, profile=allowed, verbatim="Is there a green one?")
    talk(3, profile=refused)
    shown = as_supervisor.get(page(rule, "try"))
    assert "It would have proposed 2 moments in the last 30 days." in shown.text
    assert "1 of these customers may not be contacted" in shown.text
    assert f'href="/desk/customers/{allowed.customer.public_id}/"' in shown.text
    assert "Is there a green one?" in shown.text
    assert shown.text.count("<rect ") == 2
    entry = AuditEntry.objects.get(action="moment_rule.try")
    assert (entry.actor, entry.purpose) == (supervisor, "admin")
    assert set(entry.detail["customers"]) == {str(one.customer.public_id) for one in (allowed, refused)}


def test_what_is_in_the_form_is_tried_without_saving_it(as_supervisor):
    rule = MomentRuleFactory(code="green-kettles")
    talk(title="A teapot")
    talk(title="A kettle")
    shown = as_supervisor.post(page(rule, "try"), FIELDS).text
    assert "It would have proposed 1 moment in" in shown
    assert as_supervisor.post(f"{LIST}try/", {**FIELDS, "code": "new-one"}).status_code == 200
    rule.refresh_from_db()
    assert (rule.version, rule.words, MomentRule.objects.filter(code="new-one").exists()) == (1, "", False)

    wrong = as_supervisor.post(page(rule, "try"), {**FIELDS, "words": "-kettle"})
    assert (wrong.status_code, "There is no word in it" in wrong.text) == (422, True)


def test_birthdays_are_tried_too(as_supervisor):
    rule = MomentRuleFactory(looks_at="birthday", kind="birthday", birthday_days=3)
    CustomerFactory(name="Berta Blum", born=(timezone.localdate() + timedelta(days=3)).replace(year=1987))
    shown = as_supervisor.get(page(rule, "try")).text
    assert "Berta Blum" in shown
    assert "May not be contacted" in shown


def test_a_rule_that_would_have_run_wild_is_told_of(as_supervisor):
    rule = MomentRuleFactory(daily_ceiling=1, quiet_days=0)
    for _number in range(2):
        talk()
    assert "On 1 day it would have found more than 1 and stopped itself." in as_supervisor.get(page(rule, "try")).text


def test_many_cost_as_many_queries_as_one(as_supervisor, django_assert_num_queries):
    rule = MomentRuleFactory(quiet_days=0)
    talk()
    as_supervisor.get(page(rule, "try"))  # what is remembered is remembered
    with django_assert_num_queries(39):
        assert "1 moment in" in as_supervisor.get(page(rule, "try")).text
    for number in range(10):
        talk(number % 3)
    with django_assert_num_queries(39):
        assert "11 moments in" in as_supervisor.get(page(rule, "try")).text


def test_the_list_tells_what_became_of_their_moments(as_supervisor):
    MomentRule.objects.update(active=False)
    rule = MomentRuleFactory(code="kettles")
    MomentFactory(rule="kettles@1", first_accepted_at=timezone.now())
    MomentFactory(rule="kettles@2", state="done", outcome="not_one", done_at=timezone.now())
    MomentFactory(rule="kettles@2", created_at=timezone.now() - timedelta(days=31))
    MomentFactory(rule="kettles-2@1")
    shown = as_supervisor.get(f"{LIST}?q=kettles").context["cl"].result_list
    (tally,) = [one.tally for one in shown if one.pk == rule.pk]
    assert (tally.proposed, tally.accepted, tally.declined, tally.expired) == (2, 1, 1, 0)


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_rules_are_for_supervisors(client, role):
    rule = MomentRuleFactory()
    client.force_login(UserFactory(role=role, is_staff=True))
    assert {client.get(page(rule, act)).status_code for act in ("change", "try")} == {403}
    posts = (page(rule, "run"), page(rule, "try"), f"{LIST}try/", f"{LIST}{rule.pk}/restore/1/", f"{LIST}add/")
    assert {client.post(path, FIELDS).status_code for path in posts} == {403}


def test_none_is_removed(as_owner):
    rule = MomentRuleFactory()
    assert as_owner.post(page(rule, "delete"), {"post": "yes"}).status_code == 403
