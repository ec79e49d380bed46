"""Somebody orders in the web shop and then calls about it."""

from tests.journeys.walk import log, message_id, page, story


def test_an_order_from_the_web_stands_in_the_story_of_who_calls(somebody, shop_says):
    agent = somebody("agent")
    traits = {"name": "Web Customer", "email": "a@shop.example", "phone": "020 7946 0018"}
    assert shop_says("identify", userId="u1", messageId=message_id(), traits=traits) == (1, 0)
    order = {"order_id": "4711", "total": 12.5, "currency": "EUR", "products": [{"name": "Cups", "quantity": 2}]}
    event = {"userId": "u1", "messageId": message_id(), "event": "Order Completed", "properties": order}
    assert shop_says("track", **event) == (1, 0)

    # They call: the number they gave on the web is enough.
    url = agent.get("/desk/pop?phone=%2B442079460018")["Location"]
    assert story(agent, url) == ["Order 4711 · 2 items"]
    assert "12.50\xa0EUR" in page(agent, url)
    log(agent, url, body="A cup came broken")
    assert story(agent, url) == ["Call from the customer", "Order 4711 · 2 items"]

    # The shop reports the same order again, as senders do: nothing doubles.
    assert shop_says("track", **event) == (0, 0)
    assert len(story(agent, url)) == 2

    # The order number finds them too.
    assert f'href="{url}"' in page(agent, "/desk/lookup/?q=4711")


def test_what_a_visitor_looked_at_joins_their_story_once_they_say_who_they_are(somebody, shop_says):
    agent = somebody("agent")
    shop_says(
        "page",
        anonymousId="a1",
        messageId=message_id(),
        properties={"title": "Espresso cups", "url": "https://shop.example/cups"},
    )
    shop_says("identify", anonymousId="a1", userId="u1", messageId=message_id(), traits={"phone": "+442079460018"})
    url = agent.get("/desk/pop?phone=%2B442079460018")["Location"]
    assert story(agent, url) == ["Browsed 1 page: Espresso cups"]
    assert story(agent, f"{url}?browsing=hide") == []
