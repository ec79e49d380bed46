"""What the page asks is composed once for everybody of a role, and gives each reader what is theirs."""

import pytest

from apps.accounts.models import Role, Team
from apps.desktop.customer import queries
from apps.desktop.customer.queries import rows_of
from apps.desktop.shell.open_tabs import open_tab
from apps.foundation.db.bundle import Bundle
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import FollowUpFactory
from tests.factories.moments import MomentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def composed(monkeypatch):
    """How often a statement was composed."""
    roles = []

    def parts(reader):
        roles.append(reader.role)
        return queries._parts(reader)

    monkeypatch.setattr(queries, "_rows", Bundle(parts, queries._rows.placeholders))
    return roles


def test_two_marketers_share_a_statement_and_nothing_else(composed):
    customer = CustomerFactory()
    profile = SourceProfileFactory(customer=customer)
    readers = [MarketerFactory(team=TeamFactory(kind=Team.Kind.DEPARTMENT)) for _ in range(2)]
    for reader in readers:
        FollowUpFactory(profile=profile, owner=reader, text=f"Promised by {reader.pk}")
        MomentFactory(profile=profile, owner_user=reader, disclosed={"kind": "praise"})
        open_tab(user=reader, customer=customer)
    for reader in (*readers, *readers):
        rows = rows_of(customer, reader)
        assert [promise.text for promise in rows.promises] == [f"Promised by {reader.pk}"]
        assert [moment.queue_id for moment in rows.moments] == [reader.team_id]
        assert [tab.pk for tab in rows.tabs] == list(reader.desk_tabs.values_list("pk", flat=True))
    assert composed == [Role.MARKETER]


def test_another_role_or_no_team_is_another_statement(composed):
    customer = CustomerFactory()
    for reader in (UserFactory(), MarketerFactory(team=None), MarketerFactory(team=TeamFactory()), UserFactory()):
        assert rows_of(customer, reader).moments == []
    assert composed == [Role.AGENT, Role.MARKETER, Role.MARKETER]
