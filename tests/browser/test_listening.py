"""Marketing listens with the keyboard, writes a line, and the agent who heard it reads it at her desk."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Team
from apps.insights.models import FeedbackTheme
from apps.insights.themes.counts import count_days
from tests.browser.furnished import small_targets
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.insights import FeedbackFactory, ThemeFactory, ThemeSuggestionFactory

SAID = ("The courier left my parcel in the rain", "Nobody has ever explained a machine to me so kindly")


@pytest.fixture
def mina(server):
    return UserFactory(username="mina", first_name="Mina", last_name="Hartwell", team=TeamFactory(name="Care London"))


@pytest.fixture
def sofia(server):
    marketing = TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
    return MarketerFactory(username="sofia", first_name="Sofia", last_name="Lindgren", team=marketing)


@pytest.fixture
def said(mina):
    """Words with everything a card can show, some of them long, and a theme with one of them."""
    theme, made = ThemeFactory(name="Rain, snow and other weather on the doorstep", colour="blue"), []
    for number, (words, feeling) in enumerate(zip(SAID, ("negative", "positive"), strict=True)):
        profile = SourceProfileFactory(customer__name="Anna Weber")
        made.append(
            FeedbackFactory(
                words=f"{words}. " * (12 if number else 1), sentiment=feeling, loudness=8, product="coffee",
                interaction__profile=profile, interaction__staff=mina, place="Queue of everything else there is",
                said_at=timezone.now() - timedelta(minutes=number),
            )
        )  # fmt: skip
    FeedbackTheme.objects.create(feedback=made[0], theme=theme, said_at=made[0].said_at, unhappy=True)
    count_days({one.said_at.date() for one in made})
    ThemeSuggestionFactory(examples=[one.pk for one in made])
    return made


def test_what_marketing_asks_is_answered_by_whoever_heard_it(
    desktop, open_page, sign_in, axe, no_overflow, mina, sofia, said
):
    sign_in(desktop, sofia)
    desktop.goto("/desk/")
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("g")
    desktop.keyboard.press("l")
    expect(desktop).to_have_url(re.compile("/desk/listening/$"))
    axe(desktop)
    no_overflow(desktop)
    first = desktop.locator(f"#verbatim-{said[0].pk}")
    desktop.keyboard.press("j")
    expect(first).to_be_focused()
    desktop.keyboard.press("r")
    expect(first).to_contain_text("Read by you")
    first.get_by_label("A line to Mina").fill("Which courier was it?")
    desktop.keyboard.press("Enter")
    expect(first).to_contain_text("Which courier was it?")
    expect(desktop.locator("main")).not_to_contain_text("Weber")

    agent = open_page("desktop")
    sign_in(agent, mina)
    agent.goto("/desk/")
    heard = agent.locator("#unread")
    expect(heard).to_contain_text("Sofia (Marketing) read what Anna Weber told you")
    heard.get_by_role("link", name=re.compile("Which courier")).click()
    agent.get_by_label("A line to Mina").fill("The blue one")
    agent.keyboard.press("Enter")
    expect(agent.locator(".verbatim-replies")).to_contain_text("The blue one")
    axe(agent)
    desktop.goto("/desk/")
    expect(desktop.locator("#unread")).to_contain_text("Mina answered you The blue one")


@pytest.mark.parametrize("device", ["tablet", "tablet_portrait", "desktop"])
def test_every_page_of_it_fits(device, open_page, sign_in, axe, no_overflow, mina, sofia, said):
    page = open_page(device, dark=device == "desktop")
    sign_in(page, sofia)
    for address in ("", "?tab=rising", "digest/", f"shadow/?team={mina.team_id}&day={timezone.now():%Y-%m-%d}"):
        page.goto(f"/desk/listening/{address}")
        axe(page)
        no_overflow(page)
        assert device == "desktop" or small_targets(page) == []


def test_what_sounds_alike_is_named(desktop, sign_in, axe, sofia, said):
    sign_in(desktop, sofia)
    desktop.goto("/desk/listening/")
    desktop.get_by_role("button", name="Name it").click()
    sheet = desktop.locator("#theme-sheet")
    expect(sheet.get_by_label("Words")).to_have_value("courier or doorstep")
    expect(sheet).to_contain_text("find 1 verbatim")
    axe(desktop)
    sheet.get_by_label("Name", exact=True).fill("Doorsteps")
    sheet.get_by_role("button", name="Make the theme").click()
    expect(desktop.locator(".theme-line", has_text="Doorsteps")).to_be_visible()
    expect(desktop.locator(".suggestion")).to_have_count(0)
