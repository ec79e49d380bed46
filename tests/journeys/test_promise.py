"""Somebody is promised something."""

import re
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import AuditEntry
from tests.factories.customers import CustomerFactory
from tests.journeys.walk import log, page


def test_a_promise_is_made_at_the_phone_and_kept_from_the_desk(somebody):
    agent, colleague = somebody("agent"), somebody("colleague")
    url = CustomerFactory(name="Patient Customer").get_absolute_url()
    due = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    log(agent, url, body="The frother leaks", promise="Send a new frother", due=due)

    # It waits on the desk of who made it, and everybody sees it with the customer.
    assert "Send a new frother" in page(agent, "/desk/")
    assert "Send a new frother" not in page(colleague, "/desk/")
    panel = page(colleague, f"{url}aside/")
    assert re.search(r"Send a new frother</bdi><small><b>Promised</b> · Tomorrow, \d\d:\d\d · agent</small>", panel)

    # It is kept, and gone from both, but not from the story.
    [address] = set(re.findall(r'hx-post="(/desk/promises/\d+/)"', panel))
    assert agent.post(address, {"state": "kept"}).status_code == 204
    assert "Send a new frother" not in page(agent, "/desk/")
    assert "Send a new frother" not in page(colleague, f"{url}aside/")
    assert "<b>Done</b> <bdi>Send a new frother</bdi>" in page(colleague, url)
    actions = AuditEntry.objects.exclude(action__in=["customer.view"]).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["interaction.log", "follow_up.kept"]
