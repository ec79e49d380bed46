"""The watchers themselves: each must go red when there is something to see."""

import threading

import psycopg
import pytest
from playwright.sync_api import expect
from psycopg.pq import TransactionStatus

from apps.accounts.models import User
from tests.browser.console import Watch, accessibility_violations, overflows
from tests.factories.accounts import UserFactory
from tests.stack import await_rest, database_url


@pytest.fixture
def spoiled(desktop):
    """The login page, to be spoiled by scripts of the test."""
    desktop.goto("/accounts/login/")
    return desktop


def test_axe_sees_a_field_without_a_name(spoiled):
    assert accessibility_violations(spoiled) == ""
    spoiled.evaluate("document.querySelector('main, form').append(document.createElement('input'))")
    assert accessibility_violations(spoiled).startswith("label (critical)")


def test_a_control_beyond_the_window_is_an_overflow(spoiled):
    assert overflows(spoiled) == []
    spoiled.evaluate("Object.assign(document.querySelector('button').style, {position: 'fixed', left: '2000px'})")
    assert [found.split(":")[0] for found in overflows(spoiled)] == ["button.door-button"]


def test_a_breach_of_the_content_security_policy_is_told(spoiled, watch):
    with spoiled.expect_console_message():
        spoiled.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">inline</p>')")
    assert [trouble for trouble in watch.troubles if "Content Security Policy" in trouble] == watch.troubles != []
    watch.troubles.clear()


def test_an_exception_in_a_script_is_told(spoiled, watch):
    with spoiled.expect_event("pageerror"):
        spoiled.evaluate("setTimeout(() => { throw new Error('spoiled'); })")
    assert watch.troubles == ["exception: spoiled"]
    watch.troubles.clear()


def test_a_status_nobody_announced_is_told(open_page, server, watch):
    open_page().goto("/no/such/page/")
    assert watch.troubles == [f"status 404: GET {server.url}/no/such/page/"]
    watch.troubles.clear()


def test_an_announced_status_is_none_of_our_business(open_page, watch):
    watch.allow(404)
    open_page().goto("/no/such/page/")
    assert watch.troubles == []


def test_verdict_names_every_trouble():
    watch = Watch()
    watch.troubles += ["status 500: GET /", "exception: spoiled"]
    with pytest.raises(AssertionError, match=r"(?s)status 500.*spoiled"):
        watch.verdict()


@pytest.mark.parametrize("round_", [1, 2])
def test_people_of_one_test_are_gone_in_the_next(server, round_):
    assert User.objects.count() == 0
    UserFactory()


def test_two_people_have_two_profiles(open_page, sign_in):
    first, second = open_page(), open_page("tablet")
    sign_in(first, UserFactory())
    first.goto("/desk/")
    second.goto("/desk/")
    expect(second.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_worker_takes_what_the_server_rings(server, worker):
    assert "ready." in worker.read_text()


def test_a_test_ends_when_nothing_is_being_done_for_its_pages(server):
    with psycopg.connect(database_url()) as other:
        other.execute("LOCK TABLE accounts_user IN ROW EXCLUSIVE MODE")
        late = threading.Timer(0.3, other.rollback)
        late.start()
        await_rest()
        assert other.info.transaction_status == TransactionStatus.IDLE
        late.join()
