"""An entry is put right: who is let in, what is asked, and what the story says of it afterwards."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.interactions.corrections import move, retract, take_back, undo
from apps.interactions.models import Attachment, Correction, FollowUp, Interaction
from tests.desktop.conftest import signed_in
from tests.desktop.html import places, queries
from tests.factories.accounts import UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentFactory
from tests.interactions.test_corrections import logged

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(agent, customer):
    return logged(agent, customer)


def page_of(entry):
    return reverse("correction", args=[entry.pk])


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_whoever_logged_it_and_a_supervisor_see_the_page_and_nobody_else(desk, desk_of, entry):
    assert desk.get(page_of(entry)).status_code == 200
    assert desk_of(Role.SUPERVISOR).get(page_of(entry)).status_code == 200
    for role in (Role.AGENT, Role.STORE, Role.MARKETER):
        other = desk_of(role)
        assert other.get(page_of(entry)).status_code == 404
        assert other.post(reverse("retract", args=[entry.pk]), {"reason": "No"}).status_code == 404
        assert other.get(reverse("move", args=[entry.pk]), {"to": entry.profile.customer.public_id}).status_code == 404
        assert other.get(reverse("correction_find", args=[entry.pk]), {"q": "Known"}).status_code == 404
    assert Interaction.objects.filter(pk=entry.pk).exists()


def test_what_a_source_reported_has_no_such_page(desk_of, agent):
    reported = InteractionFactory(call=True, staff=agent)
    assert desk_of(Role.SUPERVISOR).get(page_of(reported)).status_code == 404


def test_retracting_asks_why(desk, entry, url):
    refused = desk.post(reverse("retract", args=[entry.pk]), {"reason": " "})
    assert (refused.status_code, "Say why in a few words." in text(refused)) == (422, True)
    done = desk.post(reverse("retract", args=[entry.pk]), {"reason": "Somebody else"})
    assert (done.status_code, done.url) == (302, url)
    said = text(desk.get(url))
    assert "A leaking frother" not in said
    assert re.search(r"Retracted by agent, \d\d:\d\d Somebody else See the original", said)


def test_the_confirmation_names_both_and_what_goes_along(desk, entry, customer, agent):
    there = SourceProfileFactory(customer__name="Right Customer").customer
    moment = MomentFactory(profile=entry.profile, owner_user=agent)
    moment.origins.add(entry)
    found = text(desk.get(reverse("correction_find", args=[entry.pk]), {"q": "Right"}))
    assert "Right Customer" in found
    assert "Known Customer" not in text(desk.get(reverse("correction_find", args=[entry.pk]), {"q": "Known"}))
    asked = text(desk.get(reverse("move", args=[entry.pk]), {"to": there.public_id}))
    stays = "This moment stays with Known Customer"
    for words in (f"Move from {customer} to {there}?", "Call back", "letter.txt", stays):
        assert words in asked
    assert AuditEntry.objects.filter(action="customer.view", subject=there.public_id).exists()
    done = desk.post(reverse("move", args=[entry.pk]), {"to": there.public_id, "reason": "Two of one name"})
    assert done.url == customer.get_absolute_url()
    assert re.search(r"Moved to Right Customer by agent, \d\d:\d\d Two of one name", text(desk.get(done.url)))
    assert re.search(r"Moved here by agent, \d\d:\d\d", text(desk.get(there.get_absolute_url())))
    assert FollowUp.objects.get().profile.customer == there


def test_a_move_is_taken_back_from_its_page(desk, entry, agent):
    there = SourceProfileFactory().customer
    done = move(actor=agent, entry=entry, to=there, reason="No")
    assert "Move back to Known Customer" in text(desk.get(page_of(done.copy)))
    desk.post(reverse("take_back", args=[done.pk]))
    assert Interaction.objects.get().pk == entry.pk
    assert "Taken back by agent" in text(desk.get(page_of(entry)))
    again = desk.post(reverse("take_back", args=[done.pk]), headers={"HX-Request": "true"})
    assert "It has gone on from there" in again["HX-Trigger"]


def test_a_colleague_reads_the_mark_and_cannot_open_it(desk_of, entry, agent, url):
    retract(actor=agent, entry=entry, reason="No")
    for role, opens in ((Role.AGENT, False), (Role.SUPERVISOR, True)):
        said = text(desk_of(role).get(url))
        assert "Retracted by agent" in said
        assert ("See the original" in said) == opens
    assert "Retracted" not in text(desk_of(Role.MARKETER).get(url))


def test_the_original_is_shown_as_it_was_written(desk, entry, agent):
    done = retract(actor=agent, entry=entry, reason="No")
    said = text(desk.get(page_of(entry)))
    assert "A leaking frother" in said
    assert "Never again" in said
    (file,) = Attachment.objects.all()
    assert desk.get(reverse("attachment", args=[file.pk])).status_code == 200
    assert signed_in(UserFactory()).get(reverse("attachment", args=[file.pk])).status_code == 404
    take_back(actor=agent, correction=done)
    assert "A leaking frother" in text(desk.get(entry.profile.customer.get_absolute_url()))


def test_what_was_undone_leaves_no_mark_and_has_no_page(desk, entry, agent, url):
    undo(actor=agent, entry=entry)
    assert desk.get(page_of(entry)).status_code == 404
    assert places(desk.get(url)) == []


def test_a_story_costs_the_same_however_much_was_put_right(desk, agent, customer, url):
    def retracted(key):
        retract(actor=agent, entry=logged(agent, customer, key), reason="No")

    retracted("a")
    one = queries(desk, url)
    for key in "bcdef":
        retracted(key)
    assert queries(desk, url) == one
    assert Correction.objects.count() == 6


# --- undo ---------------------------------------------------------------------------------------------------------


def undone(client, entry, **data):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{entry.profile.customer.get_absolute_url()}"}
    return client.post(reverse("undo_log", args=[entry.pk]), data, headers=headers)


def test_undone_words_are_in_the_composer_before_what_was_typed_since(desk, entry):
    answer = undone(desk, entry, typed="And another thing")
    html = answer.content.decode()
    assert "A leaking frother\nAnd another thing</textarea>" in html
    assert 'value="Call back"' in html
    assert "Attach the files once more" in answer["HX-Trigger"]
    assert answer["HX-Retarget"] == "#composer"
    assert not Interaction.objects.exists()
    assert "Too late to undo" in undone(desk, entry)["HX-Trigger"]


def test_undone_elsewhere_it_leads_back_to_the_words(desk, entry, url):
    answer = desk.post(reverse("undo_log", args=[entry.pk]), headers={"HX-Request": "true", "HX-Current-URL": "/desk/"})
    assert answer["HX-Redirect"] == url
    assert "A leaking frother</textarea>" in desk.get(url).content.decode()


def test_nobody_undoes_what_a_colleague_logged(entry):
    assert undone(signed_in(UserFactory(role=Role.SUPERVISOR)), entry).status_code == 404
    assert Interaction.objects.exists()


def test_a_page_that_has_scrolled_hears_what_of_it_does_not_stand_any_more(desk, entry, agent, customer):
    stays = logged(agent, customer, key="k2")
    retract(actor=agent, entry=entry, reason="No")
    asked = {"seen": stays.pk, "shown": f"{entry.pk},{stays.pk},x"}
    html = desk.get(reverse("news", args=[customer.public_id]), asked).content.decode()
    assert re.findall(r'data-gone="e(\d+)"', html) == [str(entry.pk)]
