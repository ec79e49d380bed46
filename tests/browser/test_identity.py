"""Is it the same person: merging, taking it back and going through suggestions, with the keyboard and with thumbs."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apps.accounts.models import Role
from apps.customers.identity.actions import merge_customers
from apps.customers.models import Customer, Identifier, MergeRecord
from apps.desktop.shell.open_tabs import tabs_of
from tests.browser.duplicates import suggested
from tests.browser.furnished import WORDS, a_customer, a_whole_story, composer, entries, small_targets
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    EvidenceFactory,
    IdentifierFactory,
    MatchCandidateFactory,
    MatchModelFactory,
    SourceProfileFactory,
    VerdictFactory,
)
from tests.factories.interactions import FollowUpFactory, InteractionFactory

LIVE = 15_000  # milliseconds in which an open page has heard of it
HELD = (1180, 820), (820, 1180)  # a tablet: width and height
LONG = "Maximiliane-Wilhelmine von Hohenwarth-Sonnenfeld zu Unterbergen"


@pytest.fixture
def agent(server):
    return UserFactory(username="agent", first_name="Mina", last_name="Sommer")


@pytest.fixture
def page(desktop, sign_in, agent):
    sign_in(desktop, agent)
    return desktop


@pytest.fixture
def anna(server):
    customer = a_customer("+442079460018", name="Anna Lind", city="Leeds")
    customer.profiles.update(traits={"name": "Anna Lind", "city": "Leeds"})
    InteractionFactory(profile=customer.profiles.get(), call=True, title="Called about the seal")
    return customer


@pytest.fixture
def annie(anna):
    """The same woman, met a second time under another number."""
    traits = {"name": "Anne Lindt", "city": "York"}
    before = anna.profiles.get().last_seen - timedelta(days=9)
    profile = SourceProfileFactory(
        customer__name="Anne Lindt", customer__city="York", source="mail", traits=traits, last_seen=before
    )
    EvidenceFactory(profile=profile, identifier__value="+442079460099")
    InteractionFactory(profile=profile, title="Wrote about the seal")
    return profile.customer


def furnished(customer):
    """Everything the pages about this customer can show, with names and texts that need room."""
    profile, mina = customer.profiles.order_by("id").first(), UserFactory(first_name="Mina", last_name="Sommer")
    profile.traits = {"name": customer.name, "city": "Llanfairpwllgwyngyll", "favourite_store": "Lyon Part-Dieu"}
    profile.save()
    for state in Identifier.Status:
        identifier = IdentifierFactory(status=state)
        other = SourceProfileFactory(customer__name=LONG, traits={"name": LONG})
        for one in (profile, other):
            EvidenceFactory(profile=one, identifier=identifier)
    VerdictFactory(a=profile, b=other.customer.profiles.get(), actor=mina, reason=WORDS[:180])
    for source in ("till", "mail", "desk"):
        more = SourceProfileFactory(customer=customer, source=source, external_id=f"{source}-{'0123456789' * 5}")
        EvidenceFactory(profile=more, identifier__type="device", verified=False)
    absorbed = SourceProfileFactory(customer__name=LONG, traits={"city": "York", "name": LONG})
    InteractionFactory(profile=absorbed, title=WORDS[:150], body=WORDS)
    merge_customers(actor=mina, survivor=customer, absorbed=absorbed.customer, reason=WORDS[:180])
    model = MatchModelFactory()
    double = SourceProfileFactory(customer__name=LONG, traits={"city": "York", "tier": "gold", "name": LONG})
    EvidenceFactory(profile=double, identifier=profile.evidence.order_by("id").first().identifier)
    FollowUpFactory(profile=double, text=WORDS[:200])
    for number in range(8):
        InteractionFactory(profile=double, title=f"{WORDS[:90]} {number}", body=WORDS, order=number % 3 == 0)
    candidate = MatchCandidateFactory(a=customer, b=double.customer, score=0.996, model=model)
    for number in range(12):
        suggested(LONG, f"Somebody {number}", 0.9 - number / 1000, model=model)
    for status in ("matched", "different"):
        suggested("Said", "So", status=status, model=model, reviewer=mina, reviewed_at=candidate.created_at)
    return candidate


@pytest.fixture
def for_thumbs(no_overflow):
    """However the tablet is held, nothing is wider than its place or too small for a thumb."""

    def check(page):
        for width, height in HELD:
            page.set_viewport_size({"width": width, "height": height})
            no_overflow(page)
            assert "\n".join(small_targets(page)) == ""

    return check


# --- merging ------------------------------------------------------------------------------------------------------


def test_two_are_merged_with_the_keyboard_and_unmerged_again_from_the_toast(page, anna, annie, axe, no_overflow):
    page.goto(anna.get_absolute_url())
    page.keyboard.press("Control+k")
    page.keyboard.type("merge with")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Find the other customer")).to_be_focused()
    axe(page)
    page.keyboard.type("Lindt")
    expect(page.get_by_role("option", name="Anne Lindt")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Are these the same person?")).to_be_visible()
    expect(page.get_by_text("Wrote about the seal")).to_be_visible()
    axe(page)
    no_overflow(page)
    page.get_by_label("Reason").fill("Told me on the phone")
    page.keyboard.press("s")  # typed, not pressed: keys are for letters inside a field
    expect(page.get_by_label("Reason")).to_have_value("Told me on the phones")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Merged. Anna Lind has both stories now.")
    expect(entries(page)).to_have_count(2)
    assert MergeRecord.objects.get().reason == "Told me on the phones"
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Undone: it is as it was before.")
    expect(entries(page)).to_have_count(1)
    assert Customer.objects.get(pk=annie.pk).merged_into is None


def test_who_stays_is_swapped_and_the_reason_stays(page, anna, annie):
    annie.profiles.update(last_seen=anna.profiles.get().last_seen + timedelta(days=1))  # her word is the later one
    page.goto(f"{anna.get_absolute_url()}merge/?with={annie.public_id}")
    page.get_by_role("button", name="Same person, two accounts").click()
    expect(page.get_by_label("Reason")).to_have_value("Same person, two accounts")
    page.locator("h1").click()
    page.keyboard.press("s")
    expect(page.locator(".stays h2")).to_have_text("Anne Lindt")
    expect(page.get_by_label("Reason")).to_have_value("Same person, two accounts")
    page.reload()
    expect(page.locator(".stays h2")).to_have_text("Anne Lindt")
    page.get_by_role("button", name="Same person, two accounts").click()
    page.get_by_role("button", name="Merge the two").click()
    expect(page.locator("h1")).to_have_text("Anne Lindt")


def test_a_page_that_was_open_goes_to_who_stays_with_all_that_was_typed(page, agent, anna, annie):
    page.goto(annie.get_absolute_url())
    expect(page.locator("#aside .identifiers")).to_be_visible()
    page.evaluate("document.querySelector('[data-keeps-draft]').removeAttribute('hx-trigger')")
    composer(page).fill("She wants the old seal ba")
    pages = []
    page.on("request", lambda request: pages.append(request.url) if request.is_navigation_request() else None)
    merge_customers(actor=UserFactory(), survivor=anna, absorbed=annie, reason="x")
    page.evaluate("htmx.trigger('#aside', 'refresh'); htmx.trigger('.feed', 'refresh')")
    expect(page.locator("h1")).to_have_text("Anna Lind")
    expect(composer(page)).to_have_value("She wants the old seal ba")
    expect(page.locator(".toast")).to_contain_text("They are Anna Lind now")
    assert len(pages) == 1  # a second page would not be told
    assert [line.name for line in tabs_of(agent)] == ["Anna Lind"]


def test_a_colleagues_merge_is_heard_by_the_open_page(open_page, sign_in, agent, anna, annie):
    mine, theirs = open_page(), open_page()
    sign_in(mine, agent)
    sign_in(theirs, UserFactory(username="colleague"))
    mine.goto(annie.get_absolute_url())
    expect(mine.locator("#aside .identifiers")).to_be_visible()
    theirs.goto(f"{anna.get_absolute_url()}merge/?with={annie.public_id}")
    theirs.get_by_label("Reason").fill("Told me")
    theirs.keyboard.press("Enter")
    expect(mine.locator("h1")).to_have_text("Anna Lind", timeout=LIVE)


def test_an_old_merge_is_taken_back_with_the_keyboard(page, agent, anna, annie, axe, no_overflow):
    merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="Looked alike")
    page.goto(anna.get_absolute_url())
    page.get_by_role("link", name="Identity evidence").first.click()
    page.locator(".taking-back summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("goes back to Anne Lindt")).to_be_visible()
    expect(page.locator(".unmerge")).to_contain_text("Wrote about the seal")
    axe(page)
    no_overflow(page)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Why are they two people?")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Say why in a few words")).to_be_visible()
    page.get_by_label("Why are they two people?").fill("Mother and daughter")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Anne Lindt is a customer of their own again.")
    expect(page.locator(".merge-line").first).to_contain_text("Mother and daughter")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Undone")
    assert Customer.objects.get(pk=annie.pk).merged_into == anna


# --- every page, for everybody ------------------------------------------------------------------------------------


def test_every_page_is_for_everybody(open_page, sign_in, server, axe, no_overflow, for_thumbs, screenshot):
    candidate = furnished(a_whole_story())
    here = candidate.a.get_absolute_url()
    by_thumb = open_page("tablet", dark=True)
    sign_in(by_thumb, UserFactory(role=Role.STORE))
    for name, path, opened in (
        ("customer", here, None),
        ("identity", f"{here}identity/", unfold_unmerge),
        ("merge", f"{here}merge/?with={candidate.b.public_id}", None),
        ("choose", f"{here}merge/", look_for_max),
        *((f"matches-{tab}", f"/desk/matches/?tab={tab}", None) for tab in ("open", "later", "decided")),
    ):
        by_thumb.goto(path)
        if opened:
            opened(by_thumb)
        axe(by_thumb)
        for_thumbs(by_thumb)
        screenshot(by_thumb, f"identity-{name}")
    compact = open_page("desktop")
    sign_in(compact, UserFactory(role=Role.SUPERVISOR, is_staff=True, density="compact"))
    from_right_to_left = open_page("tablet_portrait", locale="ar")
    sign_in(from_right_to_left, UserFactory(language="ar"))
    for path in (f"{here}identity/", f"{here}merge/?with={candidate.b.public_id}", "/desk/matches/"):
        compact.goto(path)
        axe(compact)
        no_overflow(compact)
        from_right_to_left.goto(path)
        no_overflow(from_right_to_left)
    compact.get_by_text("How often is it right?").click()
    expect(compact.locator(".bands")).to_be_visible()
    axe(compact)
    no_overflow(compact)


def unfold_unmerge(page):
    page.locator(".taking-back summary").click()
    expect(page.locator(".unmerge-form")).to_be_visible()


def look_for_max(page):
    page.get_by_role("combobox", name="Find the other customer").fill("Max")
    expect(page.locator("#merge-found .found").first).to_be_visible()
