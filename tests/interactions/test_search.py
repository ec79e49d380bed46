import pytest
from django.db import connection

from apps.interactions import search
from apps.interactions.search import everywhere
from tests.factories.accounts import MarketerFactory, UserFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing_recent(monkeypatch):
    """The recent window is empty: the text index must answer."""
    monkeypatch.setattr(search, "RECENT", search.RECENT.replace(f"LIMIT {search.WINDOW}", "LIMIT 0"))


@pytest.fixture
def nothing_indexed(monkeypatch):
    monkeypatch.setattr(search, "_indexed", lambda wanted: set())


@pytest.fixture(params=["nothing_recent", "nothing_indexed"])
def either_way(request):
    request.getfixturevalue(request.param)


@pytest.mark.usefixtures("either_way")
def test_words_are_found_in_every_field_accents_and_case_aside():
    title = InteractionFactory(title="Colis perdu à Orléans")
    body = InteractionFactory(body="the parcel went to ORLEANS")
    verbatim = InteractionFactory(verbatim="where is orléans anyway")
    InteractionFactory(title="Something else")

    assert everywhere("Orleans", UserFactory()) == [verbatim, body, title]
    assert everywhere('"parcel went"', UserFactory()) == [body]
    assert everywhere("orleans -parcel", UserFactory()) == [verbatim, title]


@pytest.mark.usefixtures("either_way")
def test_the_newest_come_first_and_the_limit_holds():
    rows = [InteractionFactory(title="refund") for _ in range(5)]

    assert everywhere("refund", UserFactory(), limit=3) == rows[:1:-1]


@pytest.mark.usefixtures("either_way")
def test_what_a_role_may_not_read_is_not_found():
    order = InteractionFactory(order=True, title="refund")
    InteractionFactory(call=True, title="refund")

    assert everywhere("refund", MarketerFactory(), limit=1) == [order]
    assert everywhere("refund", UserFactory(is_active=False)) == []


def test_recent_matches_are_completed_from_the_whole_history(monkeypatch):
    monkeypatch.setattr(search, "RECENT", search.RECENT.replace(f"LIMIT {search.WINDOW}", "LIMIT 1"))
    old, recent = InteractionFactory(title="refund"), InteractionFactory(title="refund")

    assert everywhere("refund", UserFactory()) == [recent, old]


@pytest.mark.usefixtures("nothing_recent")
def test_a_query_of_negations_alone_is_not_asked_of_the_whole_history():
    InteractionFactory(title="refund")

    assert everywhere("-parcel", UserFactory()) == []


@pytest.mark.usefixtures("nothing_recent")
def test_the_index_is_given_up_when_patience_ends(monkeypatch):
    InteractionFactory(title="refund")
    slow = search.INDEXED.replace("SELECT id FROM found", "SELECT id FROM found, (SELECT pg_sleep(5)) AS slow")
    monkeypatch.setattr(search, "INDEXED", slow)

    assert everywhere("refund", UserFactory()) == []


def test_nothing_stays_set_in_the_session():
    everywhere("refund", UserFactory())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('gin_fuzzy_search_limit'), current_setting('enable_seqscan'),"
            " current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("0", "on", "0")


@pytest.mark.parametrize("text", ["", "  ", "\0", "'", '"', "(((", "&|!", "a" * 5000, "-"])
def test_anything_may_be_typed(text):
    InteractionFactory(title="refund")

    assert everywhere(text, UserFactory()) == []


def test_the_number_of_queries_does_not_depend_on_how_much_is_found(django_assert_num_queries):
    reader = UserFactory()
    for _ in range(5):
        InteractionFactory(title="refund")

    with django_assert_num_queries(7):  # recent, savepoint, set, index, reset, release, rows
        assert {row.profile.customer.name[:8] for row in everywhere("refund", reader)} == {"Customer"}
