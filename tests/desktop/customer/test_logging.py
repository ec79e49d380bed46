"""What is done on a customer's page that is more than one thing."""

import pytest

from apps.desktop.customer.actions import keep_draft, log
from apps.desktop.models import OpenTab
from apps.interactions.models import Interaction
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, OpenTabFactory
from tests.interactions.drafts import touch

pytestmark = pytest.mark.django_db


def call(key="k1"):
    return touch(key, channel="voice", kind="call", title="Call", body="Hello")


def test_logging_clears_the_draft_and_no_colleague_s():
    agent, customer = UserFactory(), CustomerFactory()
    mine = OpenTabFactory(user=agent, customer=customer, draft={"body": "unfinished"})
    other = OpenTabFactory(customer=customer, draft={"body": "a colleague's"})
    row = log(actor=agent, customer=customer, touch=call())
    assert (row, row.body) == (Interaction.objects.get(), "Hello")
    drafts = dict(OpenTab.objects.values_list("pk", "draft"))
    assert drafts == {mine.pk: {}, other.pk: {"body": "a colleague's"}}


def test_what_could_not_be_logged_stays_a_draft(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RuntimeError

    agent, customer = UserFactory(), CustomerFactory()
    mine = OpenTabFactory(user=agent, customer=customer, draft={"body": "unfinished"})
    monkeypatch.setattr("apps.desktop.customer.actions.clear_draft", refuse)
    with pytest.raises(RuntimeError):
        log(actor=agent, customer=customer, touch=call())
    mine.refresh_from_db()
    assert (mine.draft, Interaction.objects.count()) == ({"body": "unfinished"}, 0)


def test_a_draft_that_comes_after_it_was_logged_is_not_kept():
    agent, customer = UserFactory(), CustomerFactory()
    mine = OpenTabFactory(user=agent, customer=customer)
    log(actor=agent, customer=customer, touch=call())
    keep_draft(actor=agent, customer=customer, draft={"key": "k1", "body": "Hello"})
    mine.refresh_from_db()
    assert mine.draft == {}
    keep_draft(actor=agent, customer=customer, draft={"key": "k2", "body": "Hello again"})
    mine.refresh_from_db()
    assert mine.draft["body"] == "Hello again"
