"""Themes: what their words find, reading the past again, a person's word, and what is suggested."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.insights import tasks
from apps.insights.calendar import day_of, today
from apps.insights.models import Feedback, FeedbackTheme, Theme, ThemeDay, ThemeSuggestion
from apps.insights.themes import actions, suggestions
from apps.insights.themes.actions import Unsearchable, read_share, would_catch
from tests.factories.accounts import MarketerFactory, SupervisorFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.insights import FeedbackFactory, ThemeFactory, ThemeSuggestionFactory, a_verbatim
from tests.insights.verbatims import saying

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofia(db):
    return MarketerFactory(username="sofia")


def themes_of(feedback):
    return sorted(FeedbackTheme.objects.standing().filter(feedback=feedback).values_list("theme__name", flat=True))


def read_all():
    tasks.read_themes_again()
    assert not Theme.objects.to_reread().exists()


def test_words_find_what_they_say_accents_and_case_aside():
    ThemeFactory(name="Late", words='late or "never arrived"')
    ThemeFactory(name="Café", words="cafe -machine")
    ThemeFactory(name="Public", words="late", channel="social")
    ThemeFactory(name="Angry", words="late", sentiment="negative")
    ThemeFactory(name="Retired", words="late", active=False)
    ThemeFactory(name="Nothing to look for", words="-late")
    assert themes_of(a_verbatim("LATE again")) == ["Late"]
    assert themes_of(a_verbatim("It never arrived", channel="social")) == ["Late"]
    assert themes_of(a_verbatim("Late!", channel="social", sentiment="negative")) == ["Angry", "Late", "Public"]
    assert themes_of(a_verbatim("Your café is lovely")) == ["Café"]
    assert themes_of(a_verbatim("A café machine")) == []


def test_a_new_theme_reads_three_months_and_no_more(sofia):
    recent, old = a_verbatim("Parcel late", ago=timedelta(days=88)), a_verbatim("Late", ago=timedelta(days=95))
    theme = actions.add_theme(actor=sofia, name="Late", words="late", colour="teal", channel="", sentiment="")
    assert read_share(theme) == 0
    read_all()
    theme.refresh_from_db()
    assert read_share(theme) == 100
    assert (themes_of(recent), themes_of(old)) == (["Late"], [])
    assert ThemeDay.objects.get(theme=theme).day == day_of(recent.said_at)
    assert AuditEntry.objects.get(action="theme.add").detail["name"] == "Late"


def test_reading_goes_on_where_it_was_lost_and_tells_how_far_it_is(sofia):
    theme = actions.add_theme(actor=sofia, name="Late", words="late")
    assert actions.read_again(theme.pk)
    theme.refresh_from_db()
    assert theme.reread_to == today() - timedelta(days=7)
    assert 0 < read_share(theme) < 100
    while actions.read_again(theme.pk):
        pass
    assert not actions.read_again(theme.pk)


def test_a_changed_theme_lets_go_of_what_it_no_longer_finds_and_counts_anew(sofia):
    late, broken = a_verbatim("So late"), a_verbatim("All broken")
    theme = actions.add_theme(actor=sofia, name="One", words="late")
    read_all()
    actions.change_theme(actor=sofia, theme=theme, words="broken")
    read_all()
    assert (themes_of(late), themes_of(broken)) == ([], ["One"])
    assert sum(ThemeDay.objects.filter(theme=theme).values_list("mentions", flat=True)) == 1


def test_another_name_needs_no_reading(sofia):
    theme = actions.change_theme(actor=sofia, theme=ThemeFactory(), name="Better name", colour="rose")
    assert theme.reread_to is None


def test_a_persons_word_stands_whatever_the_rule_says(sofia):
    theme = ThemeFactory(name="Late", words="late")
    found, missed = a_verbatim("Late"), a_verbatim("Three hours I sat there")
    actions.set_theme(actor=sofia, feedback=found, theme=theme, belongs=False)
    actions.set_theme(actor=sofia, feedback=missed, theme=theme, belongs=True)
    assert (themes_of(found), themes_of(missed)) == ([], ["Late"])
    actions.change_theme(actor=sofia, theme=theme, words="late or sat")
    read_all()
    actions.change_theme(actor=sofia, theme=theme, words="late")
    read_all()
    assert (themes_of(found), themes_of(missed)) == ([], ["Late"])
    assert ThemeDay.objects.get(theme=theme).mentions == 1


def test_themes_are_kept_by_marketing_and_supervisors(sofia):
    with pytest.raises(PermissionDenied):
        actions.add_theme(actor=UserFactory(), name="Late", words="late")
    with pytest.raises(PermissionDenied):
        actions.wave_off(actor=UserFactory(), suggestion=ThemeSuggestionFactory())


@pytest.mark.parametrize("words", ["", "  ", "-late", "!?", "\0"])
def test_a_theme_needs_a_word_to_look_for(sofia, words):
    with pytest.raises(Unsearchable):
        actions.add_theme(actor=sofia, name="Nothing", words=words)


def test_a_marketers_theme_tells_nothing_of_what_was_noted(sofia):
    """Or they would learn from a theme of their own what stands in a note that they may not read, one word a theme."""
    lead = SupervisorFactory()
    one = a_verbatim("So late", body="Her divorce: be kind")
    for words in ("divorce", "late -divorce", "late"):
        actions.add_theme(actor=sofia, name=f"Theirs: {words}", words=words)
        actions.add_theme(actor=lead, name=f"Ours: {words}", words=words)
    read_all()
    told = ["Ours: divorce", "Ours: late", "Theirs: late", "Theirs: late -divorce"]
    assert themes_of(one) == themes_of(a_verbatim("So late", body="Her divorce")) == told
    caught = {who: [would_catch(who, words) for words in ("divorce", "late -divorce", "late")] for who in (sofia, lead)}
    assert caught == {sofia: [0, 2, 2], lead: [2, 0, 2]}
    actions.change_theme(actor=sofia, theme=Theme.objects.get(name="Ours: divorce"), words="divorce or kind")
    read_all()
    assert themes_of(one) == told[1:]


def test_what_words_would_catch_is_counted_before_they_are_kept(sofia):
    a_verbatim("Late")
    a_verbatim("Late", ago=timedelta(days=40))
    assert [would_catch(sofia, "late", *more) for more in ((), (90,), (90, 1))] == [1, 2, 1]


# --- suggestions --------------------------------------------------------------------------------------------------


@pytest.fixture
def spoken(db):
    """Sixty verbatims of known themes, twenty of nothing in particular; by theme."""
    made, profile = saying(20), SourceProfileFactory()
    for _theme, words in made:
        FeedbackFactory(words=words, interaction__profile=profile)
    return made


def test_what_sounds_alike_is_suggested_with_its_terms_and_examples(sofia, spoken):
    call_command("suggest_themes", quiet=True)
    found = list(ThemeSuggestion.objects.order_by("-size"))
    by_id = {one.pk: theme for one, (theme, _w) in zip(Feedback.objects.order_by("id"), spoken, strict=True)}
    assert len(found) >= 3
    for one in found:
        assert len({by_id[pk] for pk in one.examples}) == 1, one.terms
        assert one.size >= one.recent >= 8
        assert would_catch(sofia, one.words) >= one.size / 2


def test_suggestions_are_the_same_again_and_replace_each_other(spoken):
    first = [(one.terms, one.examples) for one in suggestions.suggest()]
    assert [(one.terms, one.examples) for one in suggestions.suggest()] == first
    assert ThemeSuggestion.objects.count() == len(first)


def test_what_was_waved_off_or_named_does_not_come_back(sofia, spoken):
    first, second, *_rest = suggestions.suggest()
    actions.wave_off(actor=sofia, suggestion=first)
    theme = actions.name_suggestion(actor=sofia, suggestion=second, name="Named", words=second.words)
    again = [set(one.terms) for one in suggestions.suggest()]
    assert not any(set(first.terms) == terms or set(second.terms) == terms for terms in again)
    second.refresh_from_db()
    assert (second.state, second.theme, second.decided_by) == (ThemeSuggestion.State.NAMED, theme, sofia)


def test_what_belongs_to_a_theme_is_not_suggested(spoken):
    theme = ThemeFactory(words="courier")
    Theme.objects.filter(pk=theme.pk).update(reread_to=today())
    read_all()
    assert not any("courier" in one.terms for one in suggestions.suggest())


def test_names_and_numbers_never_become_terms():
    for number in range(60):
        one = FeedbackFactory(
            words=f"This is Xaverius Quillfeather again, my order 4711{number} is wrong",
            interaction__profile__customer__name="Xaverius Quillfeather",
            said_at=timezone.now() - timedelta(minutes=number),
        )
        assert one.pk
    terms = {word for one in suggestions.suggest() for term in one.terms for word in term.split()}
    assert not terms & {"xaverius", "quillfeather"}
    assert not any(char.isdigit() for term in terms for char in term)


def test_too_little_to_compare_suggests_nothing():
    FeedbackFactory(words="The parcel came late")
    assert suggestions.suggest() == []
