"""Who may be the same person, from the database and back into it."""

import pytest
from django.core.management import call_command
from django.db import connection

from apps.customers.drafts import Handle
from apps.customers.identity import suggestions
from apps.customers.identity.actions import merge_customers, review, unmerge
from apps.customers.identity.conflicts import MOST
from apps.customers.identity.resolution import resolve
from apps.customers.matching import model as matching
from apps.customers.matching.workspace import Means, workspace
from apps.customers.models import Customer, MatchCandidate, MatchModel
from apps.customers.tasks import compare_due as ring
from tests.customers.identity.claims import DAWN, claim, email, phone
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

LIND = {"born": "1971-03-09", "street": "12 Harbour Road", "postcode": "BS1 4QA", "city": "Bristol"}


def met(who, *handles, source="web", **traits):
    found = resolve([claim(who, *handles, source=source, **traits)])
    return Customer.objects.get(pk=next(iter(found.values())).customer)


@pytest.fixture
def duplicates():
    """One woman at the shop and at the bank, whom nothing she is known by joins."""
    return met("u1", email("anna.lind"), name="Anna Lind", **LIND), met("b1", source="bank", name="Lind, Ana", **LIND)


def open_pairs():
    return {(one.a_id, one.b_id) for one in MatchCandidate.objects.to_review()}


def test_whoever_is_new_is_compared_and_found(duplicates):
    one, other = duplicates
    met("u2", email("ben"), name="Ben Okafor", born="1988-01-01")
    assert suggestions.compare_due() == 3
    found = MatchCandidate.objects.get()
    assert (found.a, found.b, found.origin, found.status) == (one, other, "similar", "open")
    assert 0.5 <= found.score <= 1
    assert found.features["born"]["level"] == "same"
    assert found.features["born"]["weight"] > 0
    assert suggestions.compare_due() == 0


def test_what_profiles_say_of_work_and_birth_is_compared(duplicates):
    met("u1", name="Anna Lind", job="Potter", birthPlace="Bath", tax_id=4711, **LIND)
    met("b1", source="bank", name="Lind, Ana", occupation="potter", place_of_birth="bath", tax_id="4711", **LIND)
    for compare in (suggestions.compare_due, suggestions.compare_all):
        compare()
        levels = {field: one["level"] for field, one in MatchCandidate.objects.get().features.items()}
        assert (levels["occupation"], levels["birth_place"], levels["official"]) == ("same", "same", "same")


def test_a_conflict_caps_the_score(duplicates):
    alike = {"name": "Anna Lind", "job": "potter", "birth_place": "Bath", **LIND}
    met("u1", tax_id="DE 1234", **alike)
    met("b1", source="bank", tax_id="FR 9876", **alike)
    for compare in (suggestions.compare_due, suggestions.compare_all):
        Customer.objects.update(compared_at=None)
        MatchCandidate.objects.all().delete()
        compare()
        assert MatchCandidate.objects.get().score == MOST


def test_somebody_who_becomes_like_another_is_compared_again(duplicates):
    far = met("u3", name="Nobody Alike")
    suggestions.compare_due()
    resolve([claim("u3", day=4, name="Anna Lind", **LIND)])
    far.refresh_from_db()
    assert far.compared_at is None
    suggestions.compare_due()
    assert {pair for pair in open_pairs() if far.pk in pair}


def test_an_identifier_that_was_kept_from_joining_brings_people_together():
    account = Handle("user_id", "u1", "shop"), Handle("user_id", "u2", "shop")
    one = met("u1", phone("0001"), account[0], source="shop", name="Maria Duarte", born="1990-05-05")
    other = met("u2", phone("0001"), account[1], source="shop", name="Maria Duarte", born="1990-05-05")
    assert one != other
    suggestions.compare_due()
    assert open_pairs() == {(one.pk, other.pk)}


def test_a_like_address_or_number_brings_people_together():
    one = met("u1", email("anna.lind"), name="Anna Lind", city="Bristol", postcode="BS1")
    other = met("u2", source="club", name="Anna Lynd", city="Bristol", postcode="BS1")
    resolve([claim("u2", phone("0007"), source="club")])
    resolve([claim("u1", phone("0007")._replace(value="+33207946" + "0007"))])
    assert other.pk in suggestions._neighbours([one.pk])


def test_what_people_decided_is_not_asked_again(duplicates):
    agent = UserFactory()
    suggestions.compare_due()
    review(actor=agent, candidate=MatchCandidate.objects.get(), status="different")
    Customer.objects.update(compared_at=None)
    suggestions.compare_due()
    suggestions.compare_all()
    assert open_pairs() == set()
    assert MatchCandidate.objects.get().status == "different"


def test_who_was_unmerged_is_not_suggested(duplicates):
    one, other = duplicates
    agent = UserFactory()
    record = merge_customers(actor=agent, survivor=one, absorbed=other, reason="x")
    unmerge(actor=agent, record=record, reason="two people")
    Customer.objects.update(compared_at=None)
    suggestions.compare_due()
    suggestions.compare_all()
    assert not MatchCandidate.objects.exists()


def test_every_night_everybody_is_compared_and_the_model_kept(duplicates):
    one, other = duplicates
    stale = MatchCandidate.objects.create(a=one, b=CustomerFactory(name="Zoe Unlike"), score=0.9, origin="similar")
    MatchCandidate.objects.filter(pk=stale.pk).update(created_at=DAWN)
    model = suggestions.compare_all()
    assert (model.customers, model.pairs) == (3, 1)
    assert open_pairs() == {(one.pk, other.pk)}
    assert MatchCandidate.objects.get().model == model
    assert not Customer.objects.to_compare().exists()


def test_the_next_model_finds_what_was_said_of_the_last(duplicates):
    agent = UserFactory()
    first = suggestions.compare_all()
    found = MatchCandidate.objects.get()
    merge_customers(actor=agent, survivor=found.a, absorbed=found.b, reason="x", candidate=found)
    suggestions.compare_all()
    first.refresh_from_db()
    assert [*first.quality.values()] == [{"same": 1, "different": 0}]


def test_the_alarm_clock_compares_only_where_somebody_is_due(duplicates):
    assert ring() is True
    assert MatchCandidate.objects.count() == 1
    assert ring() is False


def meanwhile(monkeypatch, happens):
    """While customers are compared, this happens."""
    alike = suggestions.score

    def score(*given, **options):
        happens()
        return alike(*given, **options)

    monkeypatch.setattr(suggestions, "score", score)


def test_who_changes_while_they_are_compared_is_due_again(duplicates, monkeypatch):
    one, _other = duplicates
    meanwhile(monkeypatch, lambda: resolve([claim("u1", day=4, name="Anna Berg")]))
    suggestions.compare_due()
    assert [*Customer.objects.to_compare()] == [one]


def test_who_is_first_heard_of_during_the_night_is_due_however_old_the_news(duplicates, monkeypatch):
    meanwhile(monkeypatch, lambda: met("u9", email("zoe"), name="Zoe Unlike"))  # met at DAWN
    suggestions.compare_all()
    assert [one.name for one in Customer.objects.to_compare()] == ["Zoe Unlike"]


def test_a_table_that_was_just_filled_is_not_taken_for_a_small_one():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers_customer CASCADE")  # as new: the planner knows nothing of it
    Customer.objects.bulk_create(Customer(name=f"Customer {number}") for number in range(900))
    assert suggestions._population() == 900


def test_what_a_run_that_was_killed_left_behind_is_swept_by_the_next(duplicates, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    home = tmp_path / "matching"
    with workspace(Means(directory=home)):  # another run, which is alive
        alive = [*home.iterdir()]
        (home / "run-killed").mkdir()
        (home / "run-killed" / "people.duckdb").write_text("Anna Lind")
        suggestions.compare_due()
        assert [*home.iterdir()] == alive
    assert [*home.iterdir()] == []


def test_the_command_compares_in_batches(duplicates, monkeypatch, capsys):
    monkeypatch.setattr(suggestions, "AT_ONCE", 1)
    call_command("suggest_matches")
    assert "2 customers compared." in capsys.readouterr().out
    assert MatchCandidate.objects.count() == 1
    call_command("suggest_matches", "--all")
    assert MatchModel.objects.count() == 1


def test_a_limit_that_is_reached_is_said(duplicates, capsys, monkeypatch):
    for number in range(3):
        met(f"x{number}", name=f"Anna Lind{number}", **LIND)
    monkeypatch.setattr(matching, "FEWEST_PAIRS", 1)
    monkeypatch.setattr(matching, "PER_CUSTOMER", 0)
    call_command("suggest_matches", "--all")
    model = MatchModel.objects.get()
    assert model.left_out > 0
    assert f"{model.left_out} more pairs may be the same: decide on these first." in capsys.readouterr().out


def test_comparing_many_takes_as_many_queries_as_comparing_few(duplicates, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        suggestions.compare_due()
    for number in range(30):
        met(f"x{number}", name=f"Anna Lind {number}", **LIND)
    with django_assert_max_num_queries(20) as many:
        suggestions.compare_due()
    assert len(many) == len(few)
