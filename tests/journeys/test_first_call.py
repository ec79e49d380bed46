"""Somebody calls who never called before."""

from tests.journeys.walk import log, page, story


def test_an_unknown_caller_becomes_a_customer_with_a_story(somebody):
    agent = somebody("agent")

    # The telephone rings: nobody is known by this number, and the form has it already.
    ringing = page(agent, "/desk/pop?phone=%2B442079460018")
    assert "Nobody is known by +442079460018" in ringing
    assert 'name="phone" value="+442079460018"' in ringing

    # The caller says who they are, and their story begins.
    created = agent.post(
        "/desk/customers/new/", {"name": "New Caller", "phone": "+442079460018", "email": "", "loyalty": ""}
    )
    url = created["Location"]
    assert "This is the first time we meet." in page(agent, url)
    log(agent, url, body="Asked where the shop is", promise="")
    assert story(agent, url) == ["Call from the customer"]

    # The next call opens the page at once, for whoever answers, in whatever spelling.
    colleague = somebody("colleague")
    assert colleague.get("/desk/pop?phone=020+7946+0018")["Location"] == url
    assert story(colleague, url) == ["Call from the customer"]
    assert "Asked where the shop is" in page(colleague, url)


def test_a_caller_known_by_another_number_is_found_by_name_instead_of_made_twice(somebody):
    agent = somebody("agent")
    made = agent.post("/desk/customers/new/", {"name": "Rare Name", "phone": "020 7946 0018"})
    assert "Nobody is known by" in page(agent, "/desk/pop?phone=%2B447700900123")
    assert f'href="{made["Location"]}"' in page(agent, "/desk/lookup/?q=rare")
