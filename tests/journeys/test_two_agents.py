"""Two people work with the same customer."""

import re

from apps.accounts.models import Role
from tests.factories.customers import SourceProfileFactory
from tests.journeys.walk import FRAGMENT, fields_of, log, page, story


def test_what_one_logs_is_news_to_the_other_and_touches_no_draft(somebody):
    one, other = somebody("one"), somebody("other")
    url = SourceProfileFactory().customer.get_absolute_url()
    page(one, url)
    seen = re.search(r'name="seen" value="(\d+)"', page(other, url))[1]
    draft = {**fields_of(page(other, url)), "body": "They asked again"}
    assert other.post(f"{url}draft/", draft, headers=FRAGMENT).status_code == 204

    log(one, url, body="The parcel is late")

    # The other's page asks, is told of one more, and fetches it; the unfinished words are where they were.
    assert "1 new" in page(other, f"{url}news/?seen={seen}")
    assert story(other, url) == ["Call from the customer"]
    again = page(other, url)
    assert fields_of(again)["body"] == "They asked again"
    assert fields_of(again)["key"] == draft["key"]

    # Both finish, and both entries stand.
    log(other, url, body="They asked again and again")
    assert story(one, url) == ["Call from the customer", "Call from the customer"]


def test_a_note_of_the_call_centre_is_not_for_marketing_which_is_told_that_something_is_missing(somebody):
    agent, marketer = somebody("agent"), somebody("marketer", role=Role.MARKETER)
    url = SourceProfileFactory().customer.get_absolute_url()
    log(agent, url, mode="note", body="In confidence")
    assert story(marketer, url) == []
    assert "1 entry of this time is not shown to your role." in page(marketer, url)
    assert "In confidence" not in page(marketer, url)


def test_closing_a_customer_keeps_what_was_begun(somebody):
    agent = somebody("agent")
    url = SourceProfileFactory(customer__name="Later Customer").customer.get_absolute_url()
    draft = {**fields_of(page(agent, url)), "body": "Half a sen"}
    agent.post(f"{url}draft/", draft, headers=FRAGMENT)
    assert "Later Customer" in page(agent, "/desk/")
    agent.post(f"{url}close/")
    assert "Later Customer" not in page(agent, "/desk/")
    assert fields_of(page(agent, url))["body"] == "Half a sen"
