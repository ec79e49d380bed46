"""A customer's attributes in the side panel: what holds, who says so, and correcting it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.customers.identity.resolution import resolve
from apps.customers.models import AttributeChange, Customer
from apps.desktop.customer.attributes import MOST, panel, sheet
from tests.customers.identity.claims import claim, email
from tests.desktop.html import html, queries, triggers
from tests.factories.channels import SourceFactory
from tests.factories.customers import (
    AttributeChangeFactory,
    AttributeDefinitionFactory,
    MatchCandidateFactory,
    SourceProfileFactory,
)
from tests.factories.interactions import DAWN

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    SourceFactory(slug="web", name="Web shop")
    resolve([claim("u1", email("anna"), name="Anna", city="York", born="1980-05-31", plan="gold", vip=True)])
    return Customer.objects.get()


def address(customer, key):
    return reverse("attribute", args=[customer.public_id, key])


def lines(reader, customer):
    return {line.label: line.shown for line in panel(reader, customer).lines}


# --- what is told -------------------------------------------------------------------------------------------------


def test_each_attribute_stands_under_its_label_with_who_says_it(agent, anna):
    AttributeDefinitionFactory(key="plan", label="Tariff", position=1)
    told = panel(agent, anna).lines
    assert [(line.label, line.shown) for line in told] == [
        ("Name", "Anna"),
        ("Date of birth", "31 May 1980"),
        ("Tariff", "gold"),
        ("City", "York"),
        ("Vip", "yes"),
    ]
    assert {line.said for line in told} == {"Web shop, since 5 Jan 2026"}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("date", "2026-02-01", "1 February 2026"), ("date", "soon", "soon"), ("flag", False, "no"),
        ("number", 1234.5, "1234.5"), ("text", "2026-02-01", "2026-02-01"), ("choice", "red", "red"),
    ],
)  # fmt: skip
def test_a_value_is_written_by_its_type(agent, kind, value, shown):
    AttributeDefinitionFactory(key="own", label="Own", type=kind)
    profile = SourceProfileFactory(customer__name="", traits={"own": value})
    assert lines(agent, profile.customer) == {"Own": shown}


def test_what_is_shown_though_no_source_says_it_stands_there_too(agent, customer):
    [line] = panel(agent, customer).lines
    assert (line.label, line.said) == ("Name", "no source says it any longer")


def test_phones_and_letters_are_told_elsewhere(agent):
    profile = SourceProfileFactory(customer__name="", traits={"email": "a@b.example", "phone": "1", "plan": "gold"})
    assert lines(agent, profile.customer) == {"Plan": "gold"}


def test_the_panel_has_an_end_and_says_so(agent, desk):
    profile = SourceProfileFactory(customer__name="", traits={f"a{number}": number for number in range(MOST + 2)})
    told = panel(agent, profile.customer)
    assert (len(told.lines), told.more) == (MOST, 2)
    assert "2 more are not shown here." in html(desk.get(reverse("attributes", args=[profile.customer.public_id])))


def test_attributes_without_a_value_can_be_written_down(agent, anna):
    AttributeDefinitionFactory(key="size", label="Shoe size")
    AttributeDefinitionFactory(key="set", label="Set by the bank", editable=False)
    offered = [label for label, _url in panel(agent, anna).missing]
    assert "Shoe size" in offered
    assert not {"City", "Set by the bank"} & set(offered)


def test_where_nothing_is_known_the_page_invites(desk):
    profile = SourceProfileFactory(customer__name="")
    page = html(desk.get(reverse("attributes", args=[profile.customer.public_id])))
    assert "Nothing yet. What they tell you about themselves can be written down here." in page
    assert address(profile.customer, "name") in page


def test_an_attribute_unfolds_to_what_everybody_says_and_said_before(agent, anna):
    SourceFactory(slug="crm", name="Office")
    resolve([claim("c1", email("anna"), source="crm", day=1, city="Leeds")])
    resolve([claim("u1", email("anna"), day=2, city="Bath")])
    told = sheet(agent, anna, "city")
    assert [(line.shown, line.said, line.holds) for line in told.said] == [
        ("Bath", "Web shop, since 7 Jan 2026", True),
        ("Leeds", "Office, since 6 Jan 2026", False),
    ]
    assert [(line.before, line.value, line.who, line.when) for line in told.history] == [
        ("York", "Bath", "Web shop", "7 Jan 2026")
    ]


def test_the_history_tells_the_newest_twenty(agent, profile):
    for day in range(25):
        AttributeChangeFactory(profile=profile, key="plan", value=day, at=DAWN + timedelta(days=day))
    profile.traits = {"plan": 24}
    profile.save()
    assert [line.value for line in sheet(agent, profile.customer, "plan").history] == [
        str(day) for day in range(24, 4, -1)
    ]


def test_the_panel_and_an_attribute_cost_the_same_with_much_to_tell(desk, anna):
    def cost():
        places = (reverse("attributes", args=[anna.public_id]), address(anna, "city"))
        return [queries(desk, place) for place in places]

    cost()  # what is cached is asked for once
    one = cost()
    for number in range(6):
        profile = SourceProfileFactory(customer=anna, traits={"city": f"City {number}", f"a{number}": number})
        AttributeChangeFactory(profile=profile, key="city", value=f"City {number}")
    assert cost() == one


# --- who sees it --------------------------------------------------------------------------------------------------


def test_what_a_role_does_not_see_is_nowhere_in_its_pages(desk_of, anna):
    AttributeDefinitionFactory(key="plan", label="Secret tariff", visible_to=[Role.MARKETER])
    AttributeDefinitionFactory(key="debt", label="Secret debt", visible_to=[Role.MARKETER])
    pages = {}
    for role in (Role.AGENT, Role.MARKETER):
        desk = desk_of(role)
        pages[role] = html(desk.get(reverse("aside", args=[anna.public_id]))) + html(desk.get(anna.get_absolute_url()))
        pages[role, "sheet"] = desk.get(address(anna, "plan")).status_code
        pages[role, "edit"] = desk.post(address(anna, "debt"), {"value": "1"}).status_code
    assert ("Secret" in pages[Role.AGENT], "gold" in pages[Role.AGENT]) == (False, False)
    assert ("Secret tariff" in pages[Role.MARKETER], "Secret debt" in pages[Role.MARKETER]) == (True, True)
    assert (pages[Role.AGENT, "sheet"], pages[Role.MARKETER, "sheet"]) == (404, 200)
    assert (pages[Role.AGENT, "edit"], pages[Role.MARKETER, "edit"]) == (404, 200)


def test_what_a_role_does_not_see_is_not_told_where_two_are_compared_either(desk_of, anna):
    for key, label, kind in (("born", "Date of birth", "date"), ("street", "Street", "text")):
        AttributeDefinitionFactory(key=key, label=label, type=kind, visible_to=[Role.SUPERVISOR])
    resolve([claim("u2", email("annie"), name="Annie", born="1980-05-30", street="3 Mill Lane")])
    annie = Customer.objects.get(name="Annie")
    pages = [
        f"{reverse('merge', args=[anna.public_id])}?with={annie.public_id}",
        reverse("match", args=[MatchCandidateFactory(a=anna, b=annie).pk]),
    ]
    for role, told in ((Role.AGENT, False), (Role.SUPERVISOR, True)):
        desk = desk_of(role)
        assert {("1980" in page, "Mill Lane" in page) for page in map(html, map(desk.get, pages))} == {(told, told)}


def test_what_a_role_does_not_see_it_does_not_see_under_another_name(desk_of, anna):
    AttributeDefinitionFactory(key="born", label="Date of birth", type="date", visible_to=[Role.SUPERVISOR])
    SourceProfileFactory(customer=anna, traits={"born": "1980-05-31", "birthday": "The last of May"})
    for role, told in ((Role.AGENT, False), (Role.SUPERVISOR, True)):
        desk = desk_of(role)
        assert ("last of May" in html(desk.get(reverse("aside", args=[anna.public_id])))) == told
        assert (desk.get(address(anna, "birthday")).status_code == 200) == told


# --- correcting it ------------------------------------------------------------------------------------------------


def test_a_value_is_corrected_where_it_stands_with_a_way_back(desk, anna):
    response = desk.post(address(anna, "city"), {"value": "Leeds"})
    page = html(response)
    assert response["HX-Retarget"] == "#attributes"
    assert 'id="headline"' in page
    assert "Leeds" in page
    assert 'aria-label="Typed by hand"' in page
    said = triggers(response)["toast"]
    assert (said["undo"], said["values"]) == (address(anna, "city"), {"clear": "1"})
    desk.post(said["undo"], said["values"])
    anna.refresh_from_db()
    assert anna.city == "York"


def test_a_second_correction_is_undone_to_the_first(desk, anna):
    desk.post(address(anna, "city"), {"value": "Leeds"})
    response = desk.post(address(anna, "city"), {"value": "Bath"})
    assert triggers(response)["toast"]["values"] == {"value": "Leeds"}


def test_whoever_typed_it_is_named_and_it_can_be_taken_away_again(desk, agent, anna):
    assert "Back to what the sources say" not in html(desk.get(address(anna, "city")))
    desk.post(address(anna, "city"), {"value": "Leeds"})
    page = html(desk.get(address(anna, "city")))
    assert "agent, since " in page
    assert "Back to what the sources say" in page


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("date", 'type="date"'), ("number", 'type="number"'), ("flag", '<option value="true" selected>yes'),
        ("choice", "<option>red</option>"), ("text", 'maxlength="500"'),
    ],
)  # fmt: skip
def test_the_form_has_the_field_of_the_type(desk, anna, kind, field):
    AttributeDefinitionFactory(key="own", type=kind, choices=["red", "blue"])
    assert field in html(desk.get(address(anna, "own")))


def test_what_is_no_value_is_said_beside_the_field_and_kept_in_it(desk, anna):
    response = desk.post(address(anna, "country"), {"value": "Elsewhere"})
    page = html(response)
    assert response.status_code == 422
    assert "A country is two letters, such as FR." in page
    assert ('value="Elsewhere"' in page, 'aria-invalid="true"' in page) == (True, True)
    assert not AttributeChange.objects.exists()


def test_an_attribute_that_is_not_edited_here_has_no_form_and_takes_no_post(desk, anna):
    AttributeDefinitionFactory(key="city", label="City", editable=False)
    assert "<form" not in html(desk.get(address(anna, "city")))
    assert desk.post(address(anna, "city"), {"value": "Leeds"}).status_code == 422


def test_what_a_source_calls_oddly_is_shown_and_not_edited(desk, anna):
    resolve([claim("u1", email("anna"), day=1, **{"a/b ç%": "odd"})])
    page = html(desk.get(address(anna, "a/b ç%")))
    assert ("odd" in page, "<form" in page) == (True, False)
    assert desk.post(address(anna, "a/b ç%"), {"value": "x"}).status_code == 422


def test_an_attribute_nobody_has_heard_of_is_not_there(desk, anna):
    assert desk.get(address(anna, "unheard")).status_code == 404
    assert desk.post(address(anna, "unheard"), {"value": "x"}).status_code == 404


def test_what_is_typed_is_text_wherever_it_is_shown(desk, anna):
    page = html(desk.post(address(anna, "name"), {"value": "<script>alert(1)</script>"}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
