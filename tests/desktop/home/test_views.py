"""Finding the customer: the look-up, the screen pop, and making one who is new."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType
from tests.desktop.html import html, queries
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory
from tests.factories.customers import EvidenceFactory, OpenTabFactory, SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db
LOOKUP, POP, CREATE = "/desk/lookup/", "/desk/pop", "/desk/customers/new/"


def known(value, kind=IdentifierType.PHONE, **customer):
    profile = SourceProfileFactory(**{f"customer__{name}": said for name, said in customer.items()})
    identifier, _new = Identifier.objects.get_or_create(type=kind, value=value)
    EvidenceFactory(profile=profile, identifier=identifier)
    return profile.customer


def names(response):
    return re.findall(r'class="found-name"><bdi>(.*?)</bdi>', html(response))


# --- the desk -----------------------------------------------------------------------------------------------------


def test_the_desk_lists_who_is_open_and_what_was_promised(desk, agent, profile):
    OpenTabFactory(user=agent, customer=profile.customer)
    OpenTabFactory(customer__name="Somebody else's")
    FollowUpFactory(profile=profile, owner=agent, text="Ring on Monday")
    FollowUpFactory(profile=profile, owner=agent, text="Long done", state="kept")
    FollowUpFactory(profile=profile, text="Not mine to keep")
    page = html(desk.get("/desk/"))
    assert "Known Customer" in page
    assert "Ring on Monday" in page
    assert [words for words in ("Somebody else&#x27;s", "Long done", "Not mine") if words in page] == []


def test_a_desk_with_nothing_on_it_says_so(desk):
    page = html(desk.get("/desk/"))
    assert "Nobody yet. Find a customer above" in page
    assert "Nothing is open. Promises you log" in page


def test_late_promises_and_what_came_back_come_before_who_is_open(desk, agent, profile):
    OpenTabFactory(user=agent, customer=profile.customer)
    now = timezone.now()
    for text, days in (("Ring today", 1), ("Rang late", -1), ("Rang latest", -2)):
        FollowUpFactory(profile=profile, owner=agent, text=text, due_at=now + timedelta(days=days))
    page = html(desk.get("/desk/"))
    assert "2 late" in page
    places = [page.index(words) for words in ("Rang latest", "Rang late", "Ring today", "My moments", "Open now")]
    assert places[1:] == sorted(places[1:])
    assert places[0] < page.index("Ring today")


def test_everybody_without_a_name_has_something_to_click(desk, agent):
    now = timezone.now().replace(month=1, day=3, hour=12)
    visitor = SourceProfileFactory(customer__name="", source="web-shop", first_seen=now).customer
    caller = known("+493012345678", name="")
    for customer in (visitor, caller):
        OpenTabFactory(user=agent, customer=customer)
        FollowUpFactory(profile=customer.profiles.get(), owner=agent)
    page = html(desk.get("/desk/"))
    for name in ("Visitor from Web shop, January 3", "Customer from +49 30 12345678"):
        assert page.count(f"<bdi>{name}</bdi>") == 3, name  # at the side, in the list, at the promise
    assert names(desk.get(LOOKUP, {"q": "+493012345678"})) == ["Customer from +49 30 12345678"]
    assert "<h1><bdi>Customer from +49 30 12345678</bdi></h1>" in html(desk.get(caller.get_absolute_url()))


def test_many_without_a_name_cost_one_more_question(desk, agent):
    def visitors(number):
        for _ in range(number):
            OpenTabFactory(user=agent, customer=SourceProfileFactory(customer__name="").customer)

    visitors(1)
    with_one = queries(desk, "/desk/")
    visitors(5)
    assert queries(desk, "/desk/") == with_one


def test_the_keypad_is_for_stores(desk_of):
    assert ['data-keypad="who"' in html(desk_of(role).get("/desk/")) for role in (Role.STORE, Role.AGENT)] == [
        True,
        False,
    ]


def test_the_front_door_leads_to_the_desk(desk):
    assert desk.get("/")["Location"] == "/desk/"


# --- the look-up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["020 7946 0018", "+44 20 7946 0018", "(020) 79460018", "0044-20-79460018", "0018"])
def test_a_phone_number_is_found_in_any_spelling(desk, words):
    known("+442079460018", name="Found")
    assert names(desk.get(LOOKUP, {"q": words})) == ["Found"]


def test_a_number_is_read_as_the_team_writes_it(desk, agent):
    agent.team = TeamFactory(region="FR")
    agent.save()
    known("+33612345678", name="Found")
    assert names(desk.get(LOOKUP, {"q": "06 12 34 56 78"})) == ["Found"]


def test_somebody_is_found_by_mail_order_card_and_name(desk):
    customer = known("a@shop.example", IdentifierType.EMAIL, name="Rare Name")
    EvidenceFactory(profile=customer.profiles.get(), identifier__type="loyalty", identifier__value="LOY12345")
    InteractionFactory(profile=customer.profiles.get(), order=True, reference="ORD-77")
    for words in ("A@Shop.example", "ORD-77", "LOY12345", "rare", "nam"):
        assert names(desk.get(LOOKUP, {"q": words})) == ["Rare Name"], words


def test_what_was_found_is_in_the_audit_trail(desk, agent):
    customer = known("+442079460018")
    desk.get(LOOKUP, {"q": "020 7946 0018"})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.detail) == (agent, "customer.lookup", {"shown": [str(customer.public_id)]})


def test_a_part_of_a_number_opens_nobody(desk):
    known("+442079460018", name="Perhaps")
    assert names(desk.get(POP, {"phone": "0018"})) == ["Perhaps"]


def test_a_page_goes_on_where_the_last_one_ended_and_both_are_in_the_audit_trail(desk):
    for number in range(11):
        known(f"+4420794601{number:02}", name=f"Rare Name {number}")
    first = html(desk.get(LOOKUP, {"q": "rare"}))
    second = desk.get(re.search(r'hx-get="([^"]+after[^"]+)"', first)[1].replace("&amp;", "&"))
    assert len({*names(second), *re.findall(r'class="found-name"><bdi>(.*?)</bdi>', first)}) == 11
    assert re.findall(r'id="(found-\d+)"', html(second)) == ["found-9", "found-10", "found-11"]
    assert [len(entry.detail["shown"]) for entry in AuditEntry.objects.order_by("pk")] == [8, 3]


def test_nobody_found_is_said_and_leads_to_making_one(desk):
    page = html(desk.get(LOOKUP, {"q": "<b>020 7946"}))
    assert "Nobody is known by “&lt;b&gt;020 7946”." in page
    assert f'href="{CREATE}?q=%3Cb%3E020%207946"' in page
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("words", ["", " ", "x", " x "])
def test_too_little_to_look_for_finds_nothing_and_says_nothing(desk, words):
    known("x@shop.example", IdentifierType.EMAIL, name="x")
    assert html(desk.get(LOOKUP, {"q": words})).strip() == ""


@pytest.mark.parametrize("words", ["\0\0", "x" * 5000, "%%%", "\\\\", "'; --", "+" * 50, "١٢٣٤٥٦", "\u202e\u202d"])
def test_nothing_typed_upsets_the_look_up(desk, words):
    assert desk.get(LOOKUP, {"q": words}).status_code == 200
    assert desk.get(POP, {"phone": words}).status_code == 200


def test_somebody_merged_is_found_as_who_they_are_now(desk):
    customer = known("+442079460018", name="Now")
    Customer.objects.create(name="Now of old", merged_into=customer)
    assert names(desk.get(LOOKUP, {"q": "Now"})) == ["Now"]


# --- the screen pop -----------------------------------------------------------------------------------------------


def test_one_match_opens(desk):
    customer = known("+442079460018")
    for query in ("phone=+442079460018", "phone=%2B442079460018", "phone=02079460018"):
        response = desk.get(f"{POP}?{query}")
        assert (response.status_code, response["Location"]) == (302, customer.get_absolute_url())


@pytest.mark.parametrize(
    ("field", "kind", "value"), [("email", "email", "a@shop.example"), ("loyalty", "loyalty", "LOY12345")]
)
def test_a_till_or_a_mail_client_may_ask_too(desk, field, kind, value):
    customer = known(value, kind)
    assert desk.get(POP, {field: value})["Location"] == customer.get_absolute_url()


def test_several_matches_are_numbered_and_audited(desk):
    one, other = (known("+442079460018", name=name) for name in ("Parent", "Child"))
    response = desk.get(POP, {"phone": "02079460018"})
    assert response.status_code == 200
    assert sorted(names(response)) == ["Child", "Parent"]
    assert re.findall(r"<kbd>(\d)</kbd>\s*<span", html(response)) == ["1", "2"]
    entry = AuditEntry.objects.get()
    assert entry.purpose == "screen pop"
    assert set(entry.detail["shown"]) == {str(one.public_id), str(other.public_id)}


def test_of_several_nobody_is_chosen_and_the_first_name_is_asked(desk):
    for name in ("Parent", "Child"):
        known("+442079460018", name=name)
    page = html(desk.get(POP, {"phone": "02079460018"}))
    assert "Ask for the first name." in page
    assert not re.search(r'aria-selected="true"|aria-current', page.partition("data-numbered")[2].partition("</ol>")[0])


def test_whose_number_it_is_comes_before_whose_begins_alike(desk):
    customer = known("+44207946001")
    known("+442079460018")
    assert desk.get(POP, {"phone": "+44207946001"})["Location"] == customer.get_absolute_url()


def test_no_match_offers_to_make_one_with_what_is_known(desk):
    page = html(desk.get(POP, {"phone": "+442079460018", "name": "New Caller"}))
    assert "Nobody is known by +442079460018" in page
    assert 'name="phone" value="+442079460018"' in page
    assert 'name="name" value="New Caller"' in page


def test_a_pop_with_nothing_is_the_form_for_a_new_customer(desk):
    assert "New customer</h1>" in html(desk.get(POP))


# --- making a customer --------------------------------------------------------------------------------------------


def test_a_new_customer_is_made_and_opens(desk, agent):
    response = desk.post(CREATE, {"name": "New Caller", "phone": "020 7946 0018", "email": "A@Shop.Example"})
    customer = Customer.objects.get()
    assert (response.status_code, response["Location"]) == (302, customer.get_absolute_url())
    assert customer.name == "New Caller"
    values = Identifier.objects.order_by("type").values_list("type", "value")
    assert list(values) == [("email", "a@shop.example"), ("phone", "+442079460018")]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (agent, "customer.add", customer.public_id)
    said = Evidence.objects.values_list("verified", "verified_at", "typed_by")
    assert list(said) == [(False, None, agent.pk)] * 2  # typing proves nothing


def test_somebody_else_with_a_known_number_is_somebody_else(desk):
    parent = known("+442079460018", name="Anna Weber")
    parent.profiles.update(traits={"name": "Anna Weber"})
    child = desk.post(CREATE, {"name": "Ben Weber", "phone": "020 7946 0018"})["Location"]
    assert child != parent.get_absolute_url()
    again = desk.post(CREATE, {"name": "Anna Weber", "phone": "020 7946 0018"})["Location"]
    assert again == parent.get_absolute_url()


def test_somebody_known_after_all_simply_opens(desk):
    customer = known("+442079460018", name="Known")
    assert desk.post(CREATE, {"phone": "020 7946 0018"})["Location"] == customer.get_absolute_url()
    assert Customer.objects.filter(merged_into=None).count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Give a name, a phone number, an e-mail address or a card number."),
        ({"phone": "+999 12"}, "This is not a phone number."),
        ({"email": "not an address"}, "This is not an e-mail address."),
        ({"name": "x", "phone": "no number"}, "This is not a phone number."),
    ],
)
def test_what_names_nobody_is_refused_and_stays_in_the_form(desk, fields, said):
    response = desk.post(CREATE, fields)
    assert response.status_code == 422
    assert said in html(response)
    assert [f'value="{value}"' in html(response) for value in fields.values()] == [True] * len(fields)
    assert Customer.objects.count() == 0


# --- open tabs -----------------------------------------------------------------------------------------------------


def test_the_rail_marks_who_is_open_and_who_has_news(desk, agent, profile):
    seen = timezone.now() - timedelta(minutes=5)
    OpenTabFactory(user=agent, customer=profile.customer, read_until=seen)
    InteractionFactory(profile=profile, occurred_at=timezone.now())
    away = html(desk.get(reverse("open_tabs")))
    assert ('class="dot unread"' in away, "aria-current" in away) == (True, False)
    here = html(desk.get(reverse("open_tabs"), {"current": profile.customer.public_id}))
    assert ('class="dot unread"' in here, 'aria-current="page"' in here) == (False, True)


# --- who looks after the others -----------------------------------------------------------------------------------


def test_a_supervisor_begins_with_what_needs_a_hand(desk_of, profile):
    FollowUpFactory(profile=profile, due_at=timezone.now() - timedelta(hours=1))
    EnvelopeFactory(state="quarantined")
    page = html(desk_of(Role.SUPERVISOR).get("/desk/"))
    assert "<b>1</b> <span>open promises are late</span>" in page
    assert "<b>1</b> <span>events in quarantine</span>" in page
    assert "webhooks are switched off" not in page  # none is


def test_where_nothing_needs_a_hand_it_says_so(desk_of):
    assert "Nothing. Late promises, sources in trouble" in html(desk_of(Role.SUPERVISOR).get("/desk/"))


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_nobody_else_is_told_what_needs_a_hand(desk_of, role):
    assert "Needs a hand" not in html(desk_of(role).get("/desk/"))


def test_an_empty_installation_leads_through_its_first_steps(desk_of):
    page = html(desk_of(Role.OWNER).get("/desk/"))
    steps = page[page.index('class="panel first-steps"') :].partition("</section>")[0]
    assert re.findall(r'<li( class="done")?>', steps) == ["", "", "", ""]
    assert re.findall(r'<a href="[^"]+">(.*?)</a>', steps) == [
        "Make your teams",
        "Let your colleagues in",
        "Connect a source",
        "Meet the first customer",
    ]


def test_once_all_is_set_up_the_first_steps_are_gone(desk_of, profile):
    UserFactory(team=TeamFactory())
    SourceFactory()
    assert "Getting started" not in html(desk_of(Role.OWNER).get("/desk/"))
