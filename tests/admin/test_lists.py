"""Every list costs the same with one row and with many, and counts nothing that grows without end."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.foundation import admin as base
from tests.admin.conftest import LISTS, furnish
from tests.factories.channels import EnvelopeFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
ENDLESS = 'FROM "interactions_interaction"'
SEARCHES = (
    "customers/customer/?q=Customer",
    "contact/consent/?q=Customer",
    "interactions/interaction/?q=chat",
    "customers/identifier/?q=%2B442079400000",
    "accounts/auditentry/?q=Customer",
    "customers/mergerecord/?q=Customer",
)
FILTERS = (
    "channels/envelope/?state__exact=quarantined",
    "interactions/followup/?due=late",
    "customers/identifier/?status__exact=active&type__exact=phone",
    "customers/matchcandidate/?status__exact=open",
    "customers/attributedefinition/?type__exact=text",
    "interactions/interaction/?channel__exact=chat&occurred_at_from=2026-01-01&source=shop",
    "accounts/auditentry/?action__icontains=view&at_from=2026-01-01&at_to=2036-01-01",
)


def queries_of(client, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_lists_cost_the_same_with_many_rows(as_owner):
    """All of them in one world: it takes longer to furnish than to look at."""
    pages = [*(f"{page}/" for page in LISTS), *SEARCHES, *FILTERS]
    furnish(1)
    for page in pages:  # what is remembered from the first look on is nobody's cost
        as_owner.get(f"/admin/{page}")
    one = {page: len(queries_of(as_owner, f"/admin/{page}")) for page in pages}
    furnish(12)
    as_owner.get("/admin/moments/moment/")  # what is cached and has changed is loaded once
    many = {page: queries_of(as_owner, f"/admin/{page}") for page in pages}
    assert {page: len(asked) for page, asked in many.items()} == one
    assert {page: asked for page in pages if (asked := endless(many[page]))} == {}


def endless(asked):
    """Questions whose cost grows with history: counts (but of a rule's moments, so many at most) and whole tables."""
    counts = [sql for sql in asked if "COUNT(" in sql.upper() and "LIMIT 20000" not in sql]
    return counts + [sql for sql in asked if ENDLESS in sql and "LIMIT" not in sql and '"id" IN (' not in sql]


def test_overview_costs_the_same_with_many_rows_and_counts_only_people_and_one_period(as_owner):
    furnish(1)
    one = queries_of(as_owner, "/admin/")
    furnish(12)
    many = queries_of(as_owner, "/admin/")
    assert len(many) == len(one)
    counts = [sql for sql in many if "COUNT(" in sql.upper()]
    of_a_period = re.compile(r"moments_moment.*done_at.* >= '.* < '", re.DOTALL)
    assert [sql for sql in counts if "accounts_user" not in sql and not of_a_period.search(sql)] == []


def test_interactions_are_listed_newest_first(as_owner):
    older, newer = InteractionFactory(title="Older"), InteractionFactory(title="Newer")
    shown = as_owner.get("/admin/interactions/interaction/").context["cl"].result_list
    assert list(shown) == [newer, older]


def test_list_looks_twenty_pages_ahead_and_says_that_there_is_more(as_owner, monkeypatch):
    monkeypatch.setattr(base, "PAGES", 2)
    monkeypatch.setattr(base.BoundedAdmin, "list_per_page", 3)
    profile = SourceProfileFactory()
    InteractionFactory.create_batch(6, profile=profile)
    exact = as_owner.get("/admin/interactions/interaction/").context["cl"].paginator
    assert (exact.count, exact.more) == (6, False)
    InteractionFactory(profile=profile)
    beyond = as_owner.get("/admin/interactions/interaction/").context["cl"].paginator
    assert (beyond.count, beyond.num_pages, beyond.more) == (6, 2, True)


def test_only_the_latest_interactions_are_looked_through_until_somebody_searches(as_owner, monkeypatch):
    monkeypatch.setattr(base.WindowedAdmin, "window", 2)
    old = InteractionFactory(reference="ORD-1", channel="voice")
    recent = InteractionFactory.create_batch(2)
    listed = as_owner.get("/admin/interactions/interaction/").context["cl"].result_list
    assert set(listed) == set(recent)
    found = as_owner.get("/admin/interactions/interaction/?q=ord-1").context["cl"].result_list
    assert list(found) == [old]


def test_old_interaction_opens_from_its_address(as_owner, monkeypatch):
    monkeypatch.setattr(base.WindowedAdmin, "window", 1)
    old, _new = InteractionFactory(), InteractionFactory()
    assert as_owner.get(f"/admin/interactions/interaction/{old.pk}/change/").status_code == 200


def test_quarantine_is_found_however_old(as_owner, monkeypatch):
    monkeypatch.setattr(base.WindowedAdmin, "window", 1)
    poison = EnvelopeFactory(state="quarantined")
    EnvelopeFactory.create_batch(2)
    listed = as_owner.get("/admin/channels/envelope/?state__exact=quarantined").context["cl"].result_list
    assert list(listed) == [poison]


def test_day_filter_counts_whole_days(as_owner):
    interaction = InteractionFactory(occurred_at="2026-03-04T23:30:00Z")
    InteractionFactory(occurred_at="2026-03-05T00:30:00Z")
    query = "occurred_at_from=2026-03-04&occurred_at_to=2026-03-04"
    listed = as_owner.get(f"/admin/interactions/interaction/?{query}").context["cl"].result_list
    assert list(listed) == [interaction]


def test_sources_are_offered_each_once(as_owner):
    for slug in ("shop", "app", "shop"):
        InteractionFactory(profile__source=slug)
    spec = as_owner.get("/admin/interactions/interaction/").context["cl"].filter_specs[3]
    assert spec.lookup_choices == [("app", "app"), ("shop", "shop")]
