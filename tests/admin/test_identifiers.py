"""Values people are known by, and the rules of each type, in the supervisors' room."""

import pytest

from apps.accounts.models import AuditEntry
from apps.customers.admin.identifiers import AT_ONCE, meaning_of
from apps.customers.identity import rules
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, Identifier, IdentityRule
from tests.customers.identity.claims import claim, email
from tests.factories.customers import IdentifierFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/customers/identifier/"
RULES = "/admin/customers/identityrule/"


def found(client, words, **query):
    return list(client.get(PAGE, {"q": words, **query}).context["cl"].result_list)


@pytest.mark.parametrize("words", ["06 12 34 56 78", "+33612345678", "+33 6 12 34 56 78"])
def test_a_phone_is_found_in_any_spelling(as_supervisor, words):
    one = IdentifierFactory(value="+33612345678")
    IdentifierFactory()
    assert found(as_supervisor, words) == [one]


def test_any_other_value_is_found_as_it_stands_and_as_it_is_kept(as_supervisor):
    letter = IdentifierFactory(type="email", value="anna@shop.example")
    cookie = IdentifierFactory(type="anonymous_id", value="abc", scope="web")
    assert found(as_supervisor, " Anna@Shop.example ") == [letter]
    assert found(as_supervisor, "abc") == [cookie]
    assert found(as_supervisor, "nobody") == []


@pytest.mark.parametrize("words", ["%", "\x00", "'", "x" * 3000, "((", "\u202e"])
def test_odd_searches_break_nothing(as_supervisor, words):
    assert as_supervisor.get(PAGE, {"q": words}).status_code in {200, 302}


def test_whoever_lists_values_leaves_a_trace(as_supervisor, supervisor):
    one = IdentifierFactory()
    as_supervisor.get(PAGE)
    as_supervisor.get(f"{PAGE}{one.pk}/change/")
    trail = AuditEntry.objects.filter(actor=supervisor).order_by("pk").values_list("action", "detail")
    assert [(action, detail.get("identifiers") or detail.get("id")) for action, detail in trail] == [
        ("identifier.list", [one.pk]),
        ("identifier.view", one.pk),
    ]


def decide(client, action, *chosen):
    data = {"action": action, "_selected_action": [one.pk for one in chosen]}
    return client.post(PAGE, data, follow=True)


def test_blocking_a_value_tells_apart_whom_it_joined_and_counting_again_joins_them(as_supervisor):
    resolve([claim("u1", email("anna")), claim("u2", email("anna"))])
    one = Identifier.objects.get()

    decide(as_supervisor, "block", one)
    one.refresh_from_db()
    assert (one.status, Customer.objects.filter(merged_into=None).count()) == ("blocked", 2)

    decide(as_supervisor, "count_again", one)
    one.refresh_from_db()
    assert (one.status, Customer.objects.filter(merged_into=None).count()) == ("active", 1)
    assert list(AuditEntry.objects.filter(action__in=["identifier.blocked", "identifier.active"])) != []


def test_several_values_are_marked_as_shared(as_supervisor):
    some = IdentifierFactory.create_batch(2)
    assert "2 values were changed." in decide(as_supervisor, "share", *some).content.decode()
    assert set(Identifier.objects.values_list("status", flat=True)) == {"shared"}


def test_too_many_at_once_are_refused(as_supervisor, monkeypatch):
    monkeypatch.setattr("apps.customers.admin.identifiers.AT_ONCE", 1)
    assert AT_ONCE > 1
    page = decide(as_supervisor, "block", *IdentifierFactory.create_batch(2)).content.decode()
    assert "choose at most 1" in page
    assert set(Identifier.objects.values_list("status", flat=True)) == {"active"}


def test_a_value_is_blocked_before_it_ever_came_spelt_as_it_will_come(as_supervisor):
    as_supervisor.post(f"{PAGE}add/", {"type": "email", "value": " Info@Shop.Example ", "scope": "web"})
    one = Identifier.objects.get()
    assert (one.type, one.value, one.scope, one.status) == ("email", "info@shop.example", "", "blocked")


def test_a_value_we_know_is_blocked_and_not_made_twice(as_supervisor):
    one = IdentifierFactory(type="email", value="info@shop.example")
    as_supervisor.post(f"{PAGE}add/", {"type": "email", "value": "info@shop.example", "scope": ""})
    one.refresh_from_db()
    assert (Identifier.objects.count(), one.status) == (1, "blocked")


@pytest.mark.parametrize(("kind", "value"), [("email", "no address"), ("phone", "12"), ("user_id", "null")])
def test_what_is_no_value_is_not_added(as_supervisor, kind, value):
    response = as_supervisor.post(f"{PAGE}add/", {"type": kind, "value": value, "scope": ""})
    assert "value" in response.context["adminform"].form.errors
    assert not Identifier.objects.exists()


def test_a_value_is_not_edited(as_supervisor):
    one = IdentifierFactory()
    as_supervisor.post(f"{PAGE}{one.pk}/change/", {"type": "email", "value": "x@y.example"})
    one.refresh_from_db()
    assert one.type == "phone"


# --- rules --------------------------------------------------------------------------------------------------------


def test_a_rule_changes_for_what_comes_next(as_supervisor, django_capture_on_commit_callbacks):
    rule, _made = IdentityRule.objects.get_or_create(type="email")
    assert rules.identity_rules()["email"].customers_per_value != 7
    fields = {"tier": "strong", "priority": 40, "per_customer": 5, "customers_per_value": 7, "normaliser": "none"}
    with django_capture_on_commit_callbacks(execute=True):
        as_supervisor.post(f"{RULES}{rule.pk}/change/", fields)
    assert rules.identity_rules()["email"].customers_per_value == 7
    entry = AuditEntry.objects.get(action="identity_rule.change")
    assert "Customers per value" in entry.detail["fields"]


def test_a_rule_says_in_words_what_it_does():
    strict = IdentityRule(
        type="email", names_must_agree=True, per_customer=1, customers_per_value=3, stale_after=90, tier="strong"
    )
    said = meaning_of(strict)
    assert said.startswith("Two who share one are made one. Not if their first names")
    assert "more than 1 from one source" in said
    assert "more than 3 customers" in said
    assert "90 days" in said
    assert meaning_of(IdentityRule(tier="weak")) == (
        "Two who share one are made one, unless stronger proof tells them apart."
    )
